import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer

/// Names a revision.
struct RepositoryTagAddCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Name the published revision, or that of another tag.",
        usage: """
            wafer repository tag add <fqrn> <name> [--description <text>]
                       [--revision-of <tag>]
            """,
        discussion: """
            Names have letters, digits and - _ . / : only.

            EXAMPLE:
              wafer repository tag add cd.cern.ch v1 --description 'first release'
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "The new tag.")
    var name: String

    @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
    var description = ""

    @Option(help: ArgumentHelp("Name the revision of this tag instead of the published one.", valueName: "tag"))
    var revisionOf: String?

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (name, description, source) = (name, description, revisionOf)
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let revision = try await Interruption.cancelling(global.logger, server) {
            try await publisher.addTag(name, description: description, revisionOf: source)
        }
        try StandardOutput.line("added the tag \(name): revision \(revision) of \(argument.fqrn)")
    }
}
