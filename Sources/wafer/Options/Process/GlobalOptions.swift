import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing
import State
import SystemPackage

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The state database. WAFER_DATABASE, or else \(Self.databaseName) in the current folder.",
            valueName: "file"
        ),
        completion: .file()
    )
    var database: String?

    @Option(
        help: ArgumentHelp(
            "The key of the stored passwords. WAFER_KEY_FILE, or else wafer/credentials.key in ~/.config.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("How long to wait for another writer of a repository.", valueName: "seconds")
    )
    var lockTimeoutSeconds = 60

    @Option(help: ArgumentHelp("The least important messages to show.", valueName: "level"))
    var logLevel = LogLevel.info

    @Option(help: ArgumentHelp("How to write messages to the standard error.", valueName: "form"))
    var logFormat = LogFormat.text

    /// Where the original program kept its database, and so do we.
    static let databaseName = "docker2cvmfs_archive.sqlite"

    func validate() throws {
        guard (0...86_400).contains(lockTimeoutSeconds) else {
            throw ValidationError("--lock-timeout \(lockTimeoutSeconds): it must be 0 to 86400 seconds")
        }
    }

    /// The option, the environment, or the document's name in the current folder.
    var databasePath: FilePath {
        FilePath(database ?? Environment.value("WAFER_DATABASE") ?? Self.databaseName)
    }

    /// Nil where the environment names no place at all.
    var keyFilePath: FilePath? {
        keyFile.map { FilePath($0) }
            ?? CredentialVault.defaultKeyFile(environment: ProcessInfo.processInfo.environment)
    }

    /// How a command writes a repository: with `--lock-timeout`, by this machine's clock.
    var writing: WriteContext { WriteContext(lockTimeout: lockTimeout) }

    /// `--lock-timeout` as a duration.
    var lockTimeout: Duration { .seconds(lockTimeoutSeconds) }

    /// A logger for messages to a person or to a log.
    var logger: Logger {
        var logger = Logger(label: "wafer") { [logFormat] _ in StandardErrorLog(format: logFormat) }
        logger.logLevel = logLevel.level
        return logger
    }

    /// The database's users, for commands that do not open it before somebody asks for them. Nobody where there is none.
    var users: DatabaseUsers {
        let (path, key, logger) = (databasePath, keyFilePath, logger)
        return DatabaseUsers(opening: {
            let isThere = try await BlockingExecutor.shared.run { FileManager.default.fileExists(atPath: path.string) }
            guard isThere else { return nil }
            return try await StateDatabase.open(at: path, vaultKey: key, naming: .images, logger: logger)
        })
    }

    /// The state database. Throws `StateError`, saying what to do, where there is none.
    func openDatabase() async throws -> StateDatabase {
        try await StateDatabase.open(at: databasePath, vaultKey: keyFilePath, naming: .images, logger: logger)
    }
}
