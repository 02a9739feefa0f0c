import SystemPackage
import TestSupport

/// Programs that know nothing of the code under test, and their answers as text.
enum Tool {
    /// The standard output of a program. Throws with its standard error where it fails.
    @discardableResult
    static func run(_ name: String, _ arguments: String...) async throws -> String {
        String(decoding: try await ExternalTool.run(name, arguments), as: UTF8.self)
    }

    /// What SQLite's own shell answers, columns joined by bars.
    @discardableResult
    static func sqlite(_ file: FilePath, _ sql: String) async throws -> String {
        try await run("sqlite3", file.string, sql)
    }
}
