import Foundation
import State
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A second process that runs this module: the test program once more, told by its environment what to do.
struct ChildProcess: Sendable {
    static let variable = "WAFER_STATE_TEST_CHILD"

    let processID: pid_t
    let folder: TemporaryFolder

    /// Starts a child with one of the roles of `ChildRoles` and waits for its end; ends it if `body` throws.
    static func run(
        _ role: String,
        _ folder: TemporaryFolder,
        _ body: (ChildProcess) async throws -> Void = { _ in }
    ) async throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: ["--testing-library", "swift-testing", "--filter", "StateTests.ChildRoles"],
            environment: .inherit.updating(["WAFER_STATE_TEST_CHILD": "\(role) \(folder.path)"]),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        ) { execution in
            let child = ChildProcess(processID: execution.processIdentifier.value, folder: folder)
            do {
                try await body(child)
            } catch {
                child.kill()
                throw error
            }
        }
        if case .exited(let code) = result.terminationStatus, code != 0 {
            Issue.record("child \(role) failed:\n\(result.standardOutput)\n\(result.standardError)")
        }
    }

    /// Waits until the child has made the mark that it got where the test wants it.
    func waitForMark() async throws {
        let mark = ChildRoles.mark(folder)
        for _ in 0..<18_000 {
            if FileManager.default.fileExists(atPath: mark.string) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawDatabase.Failure(description: "the child made no mark")
    }

    /// `kill -9`.
    func kill() {
        _ = Foundation.kill(processID, SIGKILL)
    }
}
