import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer

/// Replaces the meta info.
struct MetainfoSetCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Publish other meta info; the revision stays.",
        usage: "wafer repository metainfo set <fqrn> <file|->",
        discussion: """
            It must be a JSON object; known members must have their types.

            EXAMPLE:
              echo '{"administrator": "A. Name", "email": "a.name@example.org"}' \\
                | wafer repository metainfo set cd.cern.ch -
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: ArgumentHelp("The JSON text; - is the standard input.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let bytes = try await InputFile.read(file)
        let isChanged = try await Interruption.cancelling(global.logger, server) {
            try await publisher.setMetainfo(bytes)
        }
        let text = isChanged ? "published the meta info of" : "nothing to do: this is the meta info of"
        try StandardOutput.line("\(text) \(argument.fqrn)")
    }
}
