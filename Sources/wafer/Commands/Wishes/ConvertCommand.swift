import ArgumentParser
import Conversion
import Foundation
import Logging
import Plumbing
import State

/// Converts desideratas once.
struct ConvertCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert all desideratas, or those named.",
        usage: """
            wafer convert [<id> ...] [--dry-run] [--convert-again]
                       [--overwrite-layers] [--jobs <number>] [--memory <bytes>]
                       [--platform <os/arch>]
            """,
        discussion: """
            A line for each on the standard output when it is done, progress on the
            standard error. Several images are converted at the same time. What
            is up to date is skipped; layers that are in the repository are not
            downloaded. One that fails does not stop the others.

            EXIT STATUS:
              0   all are done or up to date
              1   nothing could be done: no database, no such desiderata
              3   some or all failed

            One that another process is converting is skipped. That counts as a failure
            only where it was named.

            EXAMPLES:
              wafer convert
              wafer convert 3 5 --dry-run
            """
    )

    @Argument(help: ArgumentHelp("Numbers in list-desideratas; none means all.", valueName: "id"))
    var ids: [Int64] = []

    @Flag(help: "Show which layers would be downloaded and what would be pushed; change nothing.")
    var dryRun = false

    @OptionGroup
    var flags: ConversionFlags

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let wanted = try await wanted(database)
        if wanted.isEmpty { global.logger.notice("there is nothing to convert: `wafer add-desiderata` adds it") }
        let outcomes = try await RegistryAccess.with(
            global.logger,
            network.settings().settingAside,
            users: DatabaseUsers(database)
        ) { registry in
            let tools = ConversionTools(
                global,
                database: database,
                registry: registry,
                network: network,
                progress: flags.progress,
                options: flags.options
            )
            return try await Interruption.cancelling(global.logger, tools.server) {
                try await dryRun ? plan(wanted, tools) : convert(wanted, tools)
            }
        }
        try await database.close()
        let failed = outcomes.count { $0 == .failed || $0 == .skipped && !ids.isEmpty }
        guard failed > 0 else { return }
        let trouble = dryRun ? "cannot be planned" : "\(failed == 1 ? "was" : "were") not converted"
        let text = "\(failed) of \(Counted.text(wanted.count, "desiderata")) \(trouble)"
        StandardErrorLog.report(error: text, format: global.logFormat)
        throw ExitStatus.imagesFailed
    }

    /// All that are wanted now, or those named, each once. Throws before anything is done where one does not exist.
    private func wanted(_ database: StateDatabase) async throws -> [Desiderata] {
        if ids.isEmpty {
            var filter = DesiderataFilter()
            filter.isWanted = true
            return try await database.wishes.desideratas(filter)
        }
        var wanted: [Desiderata] = []
        for id in ids where !wanted.contains(where: { $0.id == id }) {
            wanted.append(try await database.wishes.desiderata(id))
        }
        return wanted
    }

    private func convert(_ wanted: [Desiderata], _ tools: ConversionTools) async throws -> [ConversionSummary] {
        let results = ResultWriter()
        var outcomes: [ConversionSummary] = []
        try await tools.pass(jobs: flags.imagesAtOnce).run(wanted, began: tools.announce) { desiderata, outcome in
            outcomes.append(ConversionSummary(outcome))
            results.write(ConversionSummary.line(desiderata, outcome) + "\n")
        }
        try await results.finish()
        return outcomes
    }

    private func plan(_ wanted: [Desiderata], _ tools: ConversionTools) async throws -> [ConversionSummary] {
        let results = ResultWriter()
        var outcomes: [ConversionSummary] = []
        for desiderata in wanted {
            do {
                results.write(PlanText.text(try await tools.converter.plan(desiderata), of: desiderata))
                outcomes.append(.upToDate)
            } catch {
                try Task.checkCancellation()
                results.write(ConversionSummary.line(desiderata, .failure(error)) + "\n")
                outcomes.append(.failed)
            }
        }
        try await results.finish()
        return outcomes
    }
}
