import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing

/// Goes back to a tag.
struct RepositoryRollbackCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Publish the content of a tag again, as a new revision.",
        usage: "wafer repository rollback <fqrn> <tag> --force",
        discussion: """
            Tags of later revisions disappear, and the tag moves to the new revision.
            Layers that came later are gone for clients, which can break images that
            are running: without --force it only says what it would do. trunk-previous
            undoes the last publication.

            EXAMPLE:
              wafer repository rollback cd.cern.ch before-cleanup --force
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "Where to go back to.")
    var tag: String

    @Flag(help: "Do it.")
    var force = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (_, repository) = try await argument.open(global)
        let (tag, force, patience) = (tag, force, global.lockPatience)
        try await onDedicatedThread("roll back \(repository.fqrn)") {
            let plan = try repository.planRollback(to: tag)
            let current = try repository.tree()
            let target = try repository.tree(of: plan.target)
            let referrers = try LayerReferrer.all(in: current).filter {
                try $0.losesLayers(from: current, to: target)
            }
            guard force else {
                throw ConversionError(
                    "this would publish \(Self.text(plan, "remove")) (layers that would go: "
                        + "\(ReferrerText.summary(referrers))): nothing was changed, --force does it"
                )
            }
            try StandardOutput.write(ReferrerText.lines(referrers))
            let done = try repository.rollback(to: tag, lockTimeout: patience, now: Date())
            try StandardOutput.line("published \(Self.text(done, "removed"))")
        }
    }

    private static func text(_ rollback: Rollback, _ remove: String) -> String {
        let names = rollback.removed.map { Printable.text($0.name) }
        let tags = names.isEmpty ? "no tags" : "the tags \(names.joined(separator: ", "))"
        return "revision \(rollback.current + 1) with the content of revision \(rollback.target.revision) "
            + "(\(Printable.text(rollback.target.name))) and \(remove) \(tags)"
    }
}
