import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing

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
        let (_, repository) = try await argument.open(global)
        let (force, patience) = (force, global.lockPatience)
        let outcome = try await onDedicatedThread("remove from \(repository.fqrn)") {
            try Self.checkLayers(paths, in: repository, force: force)
            return try repository.edit(lockTimeout: patience, now: Date()) { transaction in
                for path in paths { try transaction.remove(path) }
            }
        }
        for path in paths { try StandardOutput.line("removed \(path)") }
        try StandardOutput.line("\(repository.fqrn), revision \(outcome.revision)")
    }

    /// Shows who refers to layers among the paths; throws unless that was accepted.
    private static func checkLayers(_ paths: [BytePath], in repository: Repository, force: Bool) throws {
        let layers = paths.filter(LayerReferrer.isLayerPath)
        if layers.isEmpty { return }
        let tree = try repository.tree()
        for path in layers where try tree.entry(at: path) == nil {
            throw CVMFSError(.notFound, "\(path) does not exist in the repository")
        }
        let referrers = try LayerReferrer.all(in: tree).filter { referrer in
            layers.contains(where: referrer.refers)
        }
        guard force else {
            throw ConversionError(
                "removing layers can break images that are running (\(ReferrerText.summary(referrers))): nothing was "
                    + "removed, --force removes them"
            )
        }
        try StandardOutput.write(ReferrerText.lines(referrers))
    }
}
