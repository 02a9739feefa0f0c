import ArgumentParser
import Foundation
import State

/// Shows where the desideratas stand.
struct StatusCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which desideratas are up to date and what failed.",
        usage: """
            wafer status [<id>] [--state <state> ...] [--registry <host>]
                       [--repository <fqrn>] [--recipe <recipe>]
                       [--limit <number>] [--offset <number>] [-z] [--format <form>]
            """,
        discussion: """
            A line for each desiderata, and its last error in full. With a number,
            everything that is known of that one. "Up to date" is what the last look at
            the registry found; convert looks again. CONVERTED, REVISION and what
            follows are those of the newest conversion that was published. NEW and KNOWN
            are bytes of files in its new layers: those that were stored, and those that
            the repository had already. A layer that was known itself counts in neither:
            nothing of it was read. NEXT LOOK is when loop asks the registry again: soon
            after a change, later the longer a tag stays as it is; never for a digest.

            EXAMPLES:
              wafer status
              wafer status 3
              wafer status --state failed --registry ghcr.io
              wafer status --limit 100 --offset 200 --format json
            """
    )

    @Argument(help: ArgumentHelp("Its number in list-desideratas.", valueName: "id"))
    var id: Int64?

    @Option(
        help: ArgumentHelp("Only those in this state; may be repeated.", valueName: "state")
    )
    var state: [DesiderataState] = []

    @OptionGroup
    var filters: FilterOptions

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        guard id == nil || state.isEmpty && !filters.isSet else {
            throw ValidationError("a number names one desiderata: leave the filters out")
        }
    }

    func run() async throws {
        let database = try await global.openDatabase()
        try await filters.check(database)
        let statuses = try await statuses(database.history)
        let registered = try await database.registrations.repositories()
        let settings = Dictionary(uniqueKeysWithValues: registered.map { ($0.fqrn, $0.trees) })
        let report = StatusReport(statuses, settings)
        try await database.close()
        let isDetailed = id != nil && list.form == .table
        try StandardOutput.write(isDetailed ? report.details() : try report.text(list.form))
    }

    private func statuses(_ history: ConversionHistory) async throws -> [DesiderataStatus] {
        if let id { return try await history.status(of: id, at: Date()) }
        let (filter, page) = (filters.filter, filters.pages.page)
        let wanted = Set(state)
        if wanted.isEmpty { return try await history.status(filter, page: page, at: Date()) }
        return try await history.status(filter, page: page, at: Date()) { wanted.contains(DesiderataState($0)) }
    }
}
