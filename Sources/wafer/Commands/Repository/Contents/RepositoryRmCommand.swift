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
        usage: "wafer repository rm <fqrn> <path> ... [--dry-run] [--force]",
        discussion: """
            A directory goes with everything below it. Where one of the paths cannot be
            removed, nothing is.

            What lies below .layers may be in use on any machine: it is removed only
            with --force, after the images that refer to it are shown. The same holds
            for root file systems below .flat while names of images lead there. Objects
            stay in the storage, and older revisions keep what they had.

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

    @Flag(help: "Show what would be removed and who refers to it; change nothing.")
    var dryRun = false

    @Flag(help: "Remove layers, too, and root file systems that have names.")
    var force = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let paths = try paths.map(RawArguments.path)
        let (force, dryRun) = (force, dryRun)
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let revision = try await Interruption.cancelling(global.logger, server) {
            let referrers = try await publisher.referrers(to: paths)
            if dryRun || force {
                try StandardOutput.write(ReferrerText.lines(referrers))
            } else {
                try Self.check(paths, referrers)
            }
            return dryRun ? nil : try await publisher.remove(paths)
        }
        guard let revision else {
            for path in paths { try StandardOutput.line("would remove \(path)") }
            return
        }
        try await argument.wake(global)
        for path in paths { try StandardOutput.line("removed \(path)") }
        try StandardOutput.line("\(argument.fqrn), revision \(revision)")
    }

    /// Throws where somebody has to say first that what others use may go.
    private static func check(_ paths: [BytePath], _ referrers: RemovalReferrers) throws {
        var gone: [(what: String, users: String)] = []
        if paths.contains(where: LayerReferrer.isLayerPath) {
            gone.append(("layers", ReferrerText.summary(referrers.images)))
        }
        if !referrers.links.isEmpty {
            gone.append(("root file systems", ReferrerText.summary(ofLinks: referrers.links)))
        }
        guard !gone.isEmpty else { return }
        let what = gone.map(\.what).joined(separator: " and ")
        let users = gone.map(\.users).joined(separator: "; ")
        throw ConversionError(
            "removing \(what) can break images that are running (\(users)): nothing was removed, --dry-run shows all who refer "
                + "to them, --force removes them"
        )
    }
}
