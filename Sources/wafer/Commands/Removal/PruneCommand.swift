import ArgumentParser
import Conversion
import Foundation
import Logging
import Plumbing
import State
import StockServer

/// Removes what nobody wants any more.
struct PruneCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove images that nobody wants any more, and layers that no image needs.",
        usage: "wafer prune [<fqrn> ...] [--grace <time>] [--dry-run] [--format <form>]",
        discussion: """
            An image is unwanted since its last desiderata was removed; one that was
            converted without a desiderata stays until wafer remove-image. What has been
            unwanted for longer than --grace goes: the image's names, metadata, place for
            podman and root file system, the root file systems of tags that moved, and
            the layers that no image needs then. All of a repository goes in one revision.

            Where a manifest cannot be read, nothing of its repository is removed. Images
            and layers that Wafer did not make stay. Objects stay in the storage until
            wafer repository gc.

            EXAMPLES:
              wafer prune --dry-run
              wafer prune cd.cern.ch --grace 2w
            """
    )

    @Argument(help: ArgumentHelp("The repositories; all registered ones where none is named.", valueName: "fqrn"))
    var fqrns: [String] = []

    @Option(help: ArgumentHelp("How long something must have been unwanted, such as 12h, 7d, 2w.", valueName: "time"))
    var grace = Period(seconds: 7 * 86_400)

    @Flag(help: "Say what would be removed; change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let server = ServerWork()
        let database = try await global.openDatabase()
        var registrations: [RepositoryRegistration] = []
        for fqrn in fqrns { registrations.append(try await database.registrations.repository(fqrn)) }
        if fqrns.isEmpty { registrations = try await database.registrations.repositories() }
        let opener = global.opener(work: server)
        let (grace, dryRun, all) = (TimeInterval(grace.seconds), dryRun, registrations)
        let (reports, failures) = try await Interruption.cancelling(global.logger, server) {
            var reports: [(fqrn: String, report: PruningReport)] = []
            var failures: [(fqrn: String, error: any Error)] = []
            for registration in all {
                do {
                    let publisher = try await opener.publisher(registration)
                    let pruning = Pruning(publisher, state: database, grace: grace, now: Date())
                    reports.append((registration.fqrn, try await pruning.run(dryRun: dryRun)))
                    if !dryRun { try await database.housekeeping.record(.pruning, of: registration.fqrn, at: Date()) }
                } catch {
                    // One that cannot be pruned holds up no other.
                    try Task.checkCancellation()
                    failures.append((registration.fqrn, error))
                }
            }
            return (reports, failures)
        }
        try await database.close()
        switch format {
        case .text: try StandardOutput.write(reports.map { PruningText.text($0.report, of: $0.fqrn, dryRun) }.joined())
        case .json:
            let values = reports.map { PruningText.json($0.report, of: $0.fqrn, dryRun) }
            try StandardOutput.line(JSONValue.array(values).text())
        }
        for failure in failures { global.logger.error("\(failure.fqrn): \(failure.error)") }
        if !failures.isEmpty { throw ExitStatus.nothingDone }
    }
}
