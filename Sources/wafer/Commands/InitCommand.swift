import ArgumentParser
import Logging
import Plumbing
import State

/// Creates, upgrades or takes over the state database.
struct InitCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create or upgrade the state database.",
        usage: "wafer init [--database <file>] [--key-file <file>]",
        discussion: """
            A database of the original program is taken over: users, images, desideratas
            and what was converted. Its passwords are encrypted, and no clear text of
            them stays. What cannot be taken over is kept aside, and listed each time
            this command runs.

            EXAMPLE:
              wafer init
            """,
        aliases: ["migrate-database"]
    )

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let path = global.databasePath
        let report = try await StateDatabase.initialize(
            at: path,
            vaultKey: global.keyFilePath,
            rules: .references,
            logger: global.logger
        )
        for warning in report.warnings { global.logger.warning("\(warning)") }
        if let file = report.newKeyFile {
            global.logger.notice("made the key file \(file): keep a copy, apart from the database")
        }
        let database = try await global.openDatabase()
        let setAside = try await database.setAsideRows()
        try await database.close()

        let count = report.migrations.count
        try StandardOutput.line("made \(Counted.text(count, "migration")): \(path) \(outcome(report.before))")
        for row in setAside {
            try StandardOutput.line(
                "set aside, from the original's table \(Cell.text(row.table).shown): "
                    + "\(Cell.text(row.content).shown): \(Cell.text(row.reason).shown)"
            )
        }
    }

    private func outcome(_ before: InitializationReport.Before) -> String {
        switch before {
        case .nothing: "is new"
        case .current: "was up to date"
        case .older: "was upgraded"
        case .original: "was taken over from the original program"
        }
    }
}
