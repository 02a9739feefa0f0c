import ArgumentParser
import Conversion
import OCI
import Plumbing
import State
import StockServer

/// Takes one image out of a repository.
struct RemoveImageCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-image",
        abstract: "Remove an image from a repository: names, root file system, metadata.",
        usage: "wafer remove-image <image> <fqrn> [--dry-run]",
        discussion: """
            All in one revision. A root file system that another image uses stays. Layers
            stay until wafer prune finds that no image needs them, and objects until
            wafer repository gc. Programs that run from the image go on for as long as
            their client stays with the revision that has it.

            An image that a desiderata wants is refused: remove that first.

            EXAMPLES:
              wafer remove-image python:3.11 cd.cern.ch --dry-run
              wafer remove-image python:3.11 cd.cern.ch
            """
    )

    @Argument(help: ArgumentHelp("The image to remove.", valueName: "image"))
    var image: String

    @OptionGroup
    var argument: RepositoryArgument

    @Flag(help: "Say what would be removed; change nothing.")
    var dryRun = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let source = try ImageSource(argument: image)
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let database = try await global.openDatabase()
        let dryRun = dryRun
        let report = try await Interruption.cancelling(global.logger, server) {
            try await SingleRemoval(publisher, state: database).run(source, dryRun: dryRun)
        }
        try await database.close()
        let verb = dryRun ? "would remove" : "removed"
        for path in report.names + report.trees + report.folders {
            try StandardOutput.line("\(verb) \(Cell.text(path.absolute).field)")
        }
        if let revision = report.revision { try StandardOutput.line("\(argument.fqrn), revision \(revision)") }
    }
}
