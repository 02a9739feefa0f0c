import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer

/// Removes names of revisions.
struct RepositoryTagRemoveCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove tags; the published revision stays as it is.",
        usage: "wafer repository tag remove <fqrn> <name> ...",
        discussion: """
            Where one of them does not exist, none is removed.

            EXAMPLE:
              wafer repository tag remove cd.cern.ch v1
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: ArgumentHelp("The tags.", valueName: "name"))
    var names: [String]

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let names = names
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        try await Interruption.cancelling(global.logger, server) { try await publisher.removeTags(names) }
        for name in names { try StandardOutput.line("removed the tag \(Printable.text(name))") }
    }
}
