import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import StockServer

/// Removes the objects that no revision needs any more.
struct RepositoryCollectCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove the objects of old revisions from the storage.",
        usage: """
            wafer repository gc <fqrn> [--keep <time>] [--keep-revisions <count>]
                                [--dry-run] [--format <form>]
            """,
        discussion: """
            The published revision stays, and every one that has a tag; besides those
            that clients could see within the time that --keep says, and as many of the
            newest as --keep-revisions says: a revision stays that either of them keeps.
            Everything that only other revisions need is removed.

            Images can be converted meanwhile. Where anything cannot be read, nothing is
            removed; after an interruption the next run goes on. A repository that is
            published by cvmfs_server is collected by it.

            Clients that are mounted at a removed revision lose what they have not read
            yet: keep revisions for longer than the longest time that a client takes to
            follow, which is the time to live of the repository and what its proxies add.

            EXAMPLES:
              wafer repository gc cd.cern.ch --dry-run
              wafer repository gc cd.cern.ch --keep 2w
              wafer repository gc cd.cern.ch --keep 0s --keep-revisions 10
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Option(help: ArgumentHelp("Keep what was current within this time, such as 12h, 3d, 2w.", valueName: "time"))
    var keep = Period(seconds: 3 * 86_400)

    @Option(help: ArgumentHelp("Keep so many of the newest revisions.", valueName: "count"))
    var keepRevisions: Int?

    @Flag(help: "Say what would be removed; change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        if let keepRevisions, keepRevisions < 1 {
            throw ValidationError("--keep-revisions \(keepRevisions): it must be 1 or more, the published one included")
        }
    }

    func run() async throws {
        let policy = CollectionPolicy(revisions: keepRevisions, seconds: keep.seconds)
        let server = ServerWork()
        let publisher = try await argument.openPublisher(global, server)
        let progress = CollectionMessages(global.logger)
        let dryRun = dryRun
        let report = try await Interruption.cancelling(global.logger, server) {
            try await publisher.collectGarbage(policy, dryRun: dryRun, report: progress.report)
        }
        if !dryRun {
            let database = try await global.openDatabase()
            try await database.housekeeping.record(.collection, of: argument.fqrn, at: Date())
            try await database.close()
        }
        switch format {
        case .text: try StandardOutput.write(text(report))
        case .json: try StandardOutput.line(json(report).text())
        }
    }

    private func text(_ report: CollectionReport) -> String {
        let kept = Counted.text(report.keptRevisions, "revision")
        let tagged = report.taggedRevisions > 0 ? " and \(report.taggedRevisions) more with tags" : ""
        let what =
            "\(Counted.text(report.removedObjects, "object")), \(ByteCount.text(report.removedBytes)), of "
            + Counted.text(report.removedRevisions, "old revision")
        return """
            \(argument.fqrn) keeps \(kept)\(tagged): \(Counted.text(report.keptObjects, "object"))
            \(dryRun ? "would remove" : "removed") \(what)

            """
    }

    private func json(_ report: CollectionReport) -> JSONValue {
        .object([
            "dry_run": .bool(dryRun),
            "fqrn": .string(argument.fqrn),
            "kept_objects": .integer(Int64(report.keptObjects)),
            "kept_revisions": .integer(Int64(report.keptRevisions)),
            "removed_bytes": .integer(report.removedBytes),
            "removed_objects": .integer(Int64(report.removedObjects)),
            "removed_revisions": .integer(Int64(report.removedRevisions)),
            "tagged_revisions": .integer(Int64(report.taggedRevisions)),
        ])
    }
}
