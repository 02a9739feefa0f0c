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
        let (tag, force, patience) = (tag, force, global.lockPatience)
        let done: Rollback
        switch try await argument.openEditable(global) {
        case .native(let repository):
            done = try await onDedicatedThread("roll back \(repository.fqrn)") {
                try Self.show(tag, in: repository, force: force)
                return try repository.rollback(to: tag, lockTimeout: patience, now: Date())
            }
        case .server(let publisher):
            guard let repository = publisher.readable else { throw publisher.unplanned(tag) }
            do {
                try await onDedicatedThread("plan the way back") { try Self.show(tag, in: repository, force: force) }
            } catch let error as CVMFSError where error.code == .system {
                throw publisher.unplanned(tag, because: error)
            }
            done = try await Interruption.cancelling(global.logger) { try await publisher.rollback(to: tag) }
        }
        try StandardOutput.line("published \(Self.text(done, "removed"))")
    }

    /// Shows who refers to layers that go; throws, saying what would be done, unless that was accepted.
    private static func show(_ tag: String, in repository: Repository, force: Bool) throws {
        let plan = try repository.planRollback(to: tag)
        let current = try repository.tree()
        let target = try repository.tree(of: plan.target)
        let referrers = try LayerReferrer.all(in: repository).filter {
            try $0.losesLayers(from: current, to: target)
        }
        guard force else {
            throw ConversionError(
                "this would publish \(Self.text(plan, "remove")) (layers that would go: "
                    + "\(ReferrerText.summary(referrers))): nothing was changed, --force does it"
            )
        }
        try StandardOutput.write(ReferrerText.lines(referrers))
    }

    private static func text(_ rollback: Rollback, _ remove: String) -> String {
        let names = rollback.removed.map { Printable.text($0.name) }
        let tags =
            switch names.count {
            case 0: "no tags"
            case 1: "the tag \(names[0])"
            default: "the tags \(names.joined(separator: ", "))"
            }
        return "revision \(rollback.current + 1) with the content of revision \(rollback.target.revision) "
            + "(\(Printable.text(rollback.target.name))) and \(remove) \(tags)"
    }
}
