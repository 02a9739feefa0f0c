import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer

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

    @Flag(help: "Do it, and do not only say what would be done.")
    var force = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (tag, force) = (tag, force)
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let done = try await Interruption.cancelling(global.logger, server) {
            try Self.show(try await publisher.planRollback(to: tag), force: force)
            return try await publisher.rollback(to: tag)
        }
        try await argument.wake(global)
        try StandardOutput.line("published \(Self.text(done, "removed"))")
    }

    /// Shows who refers to layers that go; throws, saying what would be done, unless that was accepted.
    private static func show(_ plan: RollbackPlan, force: Bool) throws {
        guard force else {
            throw ConversionError(
                "this would publish \(Self.text(plan.rollback, "remove")) (layers that would go: "
                    + "\(ReferrerText.summary(plan.losers))): nothing was changed, --force does it"
            )
        }
        try StandardOutput.write(ReferrerText.lines(plan.losers))
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
