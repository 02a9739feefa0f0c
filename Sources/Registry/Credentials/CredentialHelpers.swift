import Foundation
import Glibc
import Plumbing
import Subprocess
import SystemPackage

/// Runs credential helpers (docker-credential-helpers, "get"): the registry on the standard input, JSON on the standard
/// output. No shell; what they write is never logged.
struct CredentialHelpers: Sendable {
    private struct Question: Hashable, Sendable {
        let helper: CredentialHelper
        let server: String
    }

    private struct Answer: Sendable {
        let user: String
        let secret: String
    }

    /// Answers are used for this time: one program for each request would be many.
    private static let lifetime = Duration.seconds(60)
    private static let outputLimit = 64 << 10
    /// What a helper says that has nothing for the registry; its exit status is the one of failures.
    private static let notFound = "credentials not found"

    private let environment: [String: String]
    private let timeout: Duration
    private let answers: SingleFlightCache<Question, Answer?>
    private let now: @Sendable () -> ContinuousClock.Instant

    init(
        environment: [String: String],
        timeout: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        answers = SingleFlightCache(now: now)
        self.now = now
        self.environment = environment
        self.timeout = timeout
    }

    /// The user that a helper has for a server; nil where it has none. Throws ``CredentialsError``.
    func credentials(
        _ helper: CredentialHelper,
        server: String,
        of key: CredentialKey
    ) async throws -> RegistryCredentials? {
        let answer = try await answers.value(for: Question(helper: helper, server: server)) {
            .init(value: try await ask(helper, server), expires: now() + Self.lifetime)
        }.value
        guard let answer else { return nil }
        return RegistryCredentials(
            host: key.host,
            username: answer.user,
            secret: answer.secret,
            kind: answer.user == CredentialHelper.tokenUser ? .identityToken : .password,
            allowsPlainHTTP: key.isPlainHTTP,
            source: "\(try helper.program()) (\(helper.place))"
        )
    }

    private func ask(_ helper: CredentialHelper, _ server: String) async throws -> Answer? {
        let program = try helper.program()
        guard let path = try await find(program) else {
            throw CredentialsError("\(program) is not in PATH: install it, or change \(helper.place)")
        }
        let (status, output) = try await run(path, program, helper, server)
        let isOrderly = if case .exited(0) = status { true } else { false }
        if !isOrderly {
            if String(decoding: output, as: UTF8.self).lowercased().contains(Self.notFound) { return nil }
            throw CredentialsError(
                "\(program) (\(helper.place)) failed (\(status)): try `echo \(server) | \(program) get`"
            )
        }
        do {
            let reader = try JSONReader(parsing: output, kind: "answer")
            let answer = Answer(
                user: try reader.member("Username").string(),
                secret: try reader.member("Secret").string()
            )
            return answer.secret.isEmpty ? nil : answer
        } catch let error as JSONError {
            throw CredentialsError("\(program) (\(helper.place)) gave an \(error)")
        }
    }

    private func find(_ program: String) async throws -> String? {
        let paths = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
        return try await BlockingExecutor.shared.run {
            paths.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
    }

    private func run(
        _ path: String,
        _ program: String,
        _ helper: CredentialHelper,
        _ server: String
    ) async throws -> (TerminationStatus, [UInt8]) {
        var options = PlatformOptions()
        // Its own children must not keep us waiting either.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        let variables = environment.map { (Environment.Key(stringLiteral: $0), $1) }
        let configuration = Configuration(
            executable: .path(FilePath(path)),
            arguments: ["get"],
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
            platformOptions: options
        )
        do {
            return try await withThrowingTaskGroup { group in
                let input = try Self.pipe(holding: server)
                group.addTask {
                    let result = try await Subprocess.run(
                        configuration,
                        input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                        output: .bytes(limit: Self.outputLimit),
                        error: .discarded
                    )
                    return Optional((result.terminationStatus, result.standardOutput))
                }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let result = first else {
                    throw CredentialsError("\(program) (\(helper.place)) did not answer within \(timeout)")
                }
                return result
            }
        } catch let error as Errno {
            throw CredentialsError("cannot run \(program) (\(helper.place)): \(error)")
        } catch let error as SubprocessError {
            throw CredentialsError("cannot run \(program) (\(helper.place)): \(Printable.text("\(error)", limit: 200))")
        }
    }

    /// The end to read from of a pipe that holds a text and nothing more to come.
    ///
    /// What writes to a child that ends without reading ends this process (`StandardInputWriter` of swift-subprocess traps when
    /// it was not closed); a name of a host fits into any pipe.
    private static func pipe(holding text: String) throws -> FileDescriptor {
        let (input, output) = try ClosedPipe.make()
        do {
            guard fcntl(output.rawValue, F_SETFL, O_NONBLOCK) == 0 else { throw Errno(rawValue: errno) }
            try output.closeAfter { _ = try output.writeAll(text.utf8) }
            return input
        } catch {
            try input.close()
            throw error
        }
    }
}
