import Subprocess
import SystemPackage

/// Runs programs that know nothing of the code under test.
enum Tool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The standard output of a program. Throws with its standard error where it fails.
    @discardableResult
    static func run(_ name: String, _ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name(name),
            arguments: Arguments(arguments),
            output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: "\(name) failed: \(result.standardOutput)\(result.standardError)")
        }
        return result.standardOutput
    }

    /// What SQLite's own shell answers, columns joined by bars.
    static func sqlite(_ file: FilePath, _ sql: String) async throws -> String {
        try await run("sqlite3", file.string, sql)
    }
}
