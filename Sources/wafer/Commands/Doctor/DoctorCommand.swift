import ArgumentParser
import Foundation
import Logging
import Plumbing
import State

/// Examines whether this machine can publish to a repository.
struct DoctorCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine whether this machine can publish to a repository.",
        usage: "wafer doctor <fqrn> [--format <form>]",
        discussion: """
            A line for each of: registration, keys, whitelist, free space, who may read
            the storage and who may move it away, transactions and locks, cvmfs_server
            and its mount where it matters; its recipes and their limits; looks that
            are overdue, pruning and garbage collection; whether disk and quota have room
            for a day like the last ones; and the registries of the repository's
            desideratas. With what to do where something is wrong.
            Changes nothing.

            EXIT STATUS:
              0   everything is well, or works for now
              1   something does not

            EXAMPLES:
              wafer doctor cd.cern.ch
              wafer doctor cd.cern.ch --format json
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Registries")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        // What is found is printed once, below.
        var logger = global.logger
        logger.logLevel = max(logger.logLevel, .error)
        let database = try await global.openDatabase()
        let registration = try await database.registrations.repository(argument.fqrn)
        let desideratas = try await database.wishes.desideratas(DesiderataFilter(repository: argument.fqrn))
        let opener = global.opener(network: network, lockTimeout: .zero, logger: logger)
        let now = Date()
        var checks = await RepositoryDoctor(registration: registration, opener: opener, now: now).examine()
        checks += await SpaceDoctor(database: database, registration: registration, opener: opener, now: now).examine()
        checks += try await RecipeDoctor(database: database, fqrn: argument.fqrn, network: network, logger: logger)
            .examine()
        checks += try await ScheduleDoctor(database: database, fqrn: argument.fqrn, now: now).examine()
        checks += try await RegistryDoctor(
            database: database,
            desideratas: desideratas,
            network: try network.settings().probing,
            logger: logger
        ).examine()
        try await database.close()
        switch format {
        case .text: for check in checks { try StandardOutput.line(check.line) }
        case .json:
            let report: JSONValue = .object([
                "fqrn": .string(argument.fqrn),
                "healthy": .bool(!checks.contains { $0.outcome == .failed }),
                "checks": .array(checks.map(\.json)),
            ])
            try StandardOutput.line(try report.text())
        }
        if checks.contains(where: { $0.outcome == .failed }) { throw ExitStatus.nothingDone }
    }
}
