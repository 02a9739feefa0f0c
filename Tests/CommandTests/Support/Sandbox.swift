import Foundation
import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A folder of its own in which the built program runs, with that folder as its home.
final class Sandbox: Sendable {
    private let folder: TemporaryFolder

    /// The folder.
    var path: FilePath { folder.path }

    /// How a run of the program ended.
    struct Outcome: Sendable {
        let status: TerminationStatus
        let output: [UInt8]
        let errors: String

        /// The standard output as text.
        var text: String { String(decoding: output, as: UTF8.self) }
        /// The exit status, nil where a signal ended the program.
        var code: Int32? {
            if case .exited(let code) = status { code } else { nil }
        }
    }

    /// A new folder; `inMemory` for many short runs, where waiting for the disk would take most of the time.
    init(inMemory: Bool = false) throws {
        folder = try TemporaryFolder(inMemory: inMemory)
    }

    /// The program that was built with these tests, or `WAFER_BINARY`.
    static let program: FilePath = {
        if let binary = ProcessInfo.processInfo.environment["WAFER_BINARY"] { return FilePath(binary) }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return FilePath(own).removingLastComponent().appending("wafer")
    }()

    /// Runs `wafer ARGUMENTS` in the folder.
    func wafer(
        _ arguments: String...,
        input: String = "",
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await wafer(arguments, input: input, environment: environment)
    }

    /// Runs `wafer ARGUMENTS` in the folder.
    func wafer(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(.path(Self.program), Arguments(arguments), input: input, environment: environment)
    }

    /// Runs a shell script in the folder; `$wafer` is the program.
    func shell(_ script: String) async throws -> Outcome {
        try await run(.path("/bin/sh"), ["-c", script], input: "", environment: ["wafer": Self.program.string])
    }

    /// Runs `wafer ARGUMENTS` that must succeed, and returns its standard output.
    @discardableResult
    func succeed(_ arguments: String..., input: String = "") async throws -> String {
        let outcome = try await run(.path(Self.program), Arguments(arguments), input: input, environment: [:])
        try #require(outcome.code == 0, "wafer \(arguments.joined(separator: " ")): \(outcome.errors)")
        return outcome.text
    }

    /// Runs `wafer ARGUMENTS` beside `body`, which gets its process number and has to make it end.
    func wafer(
        _ arguments: [String],
        during body: (pid_t) async throws -> Void
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(Self.program),
            arguments: Arguments(arguments),
            environment: variables([:]),
            workingDirectory: path,
            input: .none,
            output: .bytes(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        ) { execution in
            let process = execution.processIdentifier.value
            do {
                try await body(process)
            } catch {
                kill(process, SIGKILL)
                throw error
            }
        }
        return Outcome(
            status: result.terminationStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }

    /// Waits until a condition holds, at most two minutes.
    func wait(for what: String, until condition: () async throws -> Bool) async throws {
        for _ in 0..<1_200 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        try #require(Bool(false), "\(what) did not happen within two minutes")
    }

    /// The environment of the program: nothing of whoever runs the tests.
    private func variables(_ more: [String: String]) -> Environment {
        var variables = ["HOME": path.string, "PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        variables.merge(more) { $1 }
        return .custom(Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) }))
    }

    /// The end to read from of a pipe that holds a text and nothing more to come.
    ///
    /// What writes to a child that ends without reading ends this process (`StandardInputWriter` of swift-subprocess traps).
    private static func pipe(holding text: String) throws -> FileDescriptor {
        try #require(text.utf8.count <= 1 << 16, "longer than what a pipe holds")
        let ends = try FileDescriptor.pipe()
        // No other child may keep it open.
        for end in [ends.readEnd, ends.writeEnd] { try #require(fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) == 0) }
        try ends.writeEnd.closeAfter { _ = try ends.writeEnd.writeAll(text.utf8) }
        return ends.readEnd
    }

    private func run(
        _ executable: Executable,
        _ arguments: Arguments,
        input: String,
        environment: [String: String]
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            executable,
            arguments: arguments,
            environment: variables(environment),
            workingDirectory: path,
            input: .fileDescriptor(try Self.pipe(holding: input), closeAfterSpawningProcess: true),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 1 << 20)
        )
        return Outcome(
            status: result.terminationStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }
}
