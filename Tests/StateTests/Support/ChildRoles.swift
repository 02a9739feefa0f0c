import Foundation
import State
import SystemPackage
import TestSupport
import Testing

/// What `ChildProcess` runs. Nothing of this runs in a normal test run.
@Suite(.enabled(if: ProcessInfo.processInfo.environment[ChildProcess.variable] != nil, "only in a child process"))
struct ChildRoles {
    static func mark(_ folder: TemporaryFolder) -> FilePath { folder.path.appending("mark") }

    @Test func play() async throws {
        let words = try #require(ProcessInfo.processInfo.environment[ChildProcess.variable]).split(separator: " ")
        let path = FilePath(String(words[1]))
        let (database, key) = (path.appending("state.sqlite"), path.appending("config/wafer/credentials.key"))
        @Sendable func open() async throws -> StateDatabase {
            try await StateDatabase.open(at: database, vaultKey: key, logger: Samples.logger)
        }
        @Sendable func mark() {
            _ = FileManager.default.createFile(atPath: path.appending("mark").string, contents: nil)
        }
        switch words[0] {
        case "init":
            mark()
            _ = try await StateDatabase.initialize(
                at: database,
                vaultKey: key,
                rules: Samples.rules,
                logger: Samples.logger
            )
        case "hammer":
            try await Hammer.strike(try await open(), name: "child\(getpid())")
        case "claim":
            try await open().claims.withClaim(on: .desiderata(1)) {
                mark()
                try await Task.sleep(for: .seconds(600))
            }
        case "loop":
            try await open().claims.withClaim(on: .loop) {
                mark()
                try await Task.sleep(for: .seconds(600))
            }
        default:
            Issue.record("unknown role \(words[0])")
        }
    }
}
