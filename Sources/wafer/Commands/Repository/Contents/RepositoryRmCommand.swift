import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer

/// Removes paths from a repository.
struct RepositoryRmCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove files and whole directories, as one revision.",
        usage: "wafer repository rm <fqrn> <path> ... [--force]",
        discussion: """
            A directory goes with everything below it. Where one of the paths cannot be
            removed, nothing is.

            What lies below .layers may be in use on any machine: it is removed only
            with --force, after the images that refer to it are shown. Objects stay in
            the storage, and older revisions keep what they had.

            A repository that is published by cvmfs_server is edited by it, and only
            paths of letters, digits and ._/@+- can be removed there.

            EXAMPLE:
              wafer repository rm cd.cern.ch /tool/1.1 /tool/1.0
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: ArgumentHelp("Paths in the repository.", valueName: "path"))
    var paths: [String]

    @Flag(help: "Remove layers, too.")
    var force = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let paths = try paths.map(RawArguments.path)
        let layers = paths.filter(LayerReferrer.isLayerPath)
        let force = force
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let revision = try await Interruption.cancelling(global.logger, server) {
            if !layers.isEmpty { try Self.show(try await publisher.referrers(to: layers), force: force) }
            return try await publisher.remove(paths)
        }
        for path in paths { try StandardOutput.line("removed \(path)") }
        try StandardOutput.line("\(argument.fqrn), revision \(revision)")
    }

    /// Shows who refers to layers that go; throws unless that was accepted.
    private static func show(_ referrers: [LayerReferrer], force: Bool) throws {
        guard force else {
            throw ConversionError(
                "removing layers can break images that are running (\(ReferrerText.summary(referrers))): nothing was "
                    + "removed, --force removes them"
            )
        }
        try StandardOutput.write(ReferrerText.lines(referrers))
    }
}
