import Conversion
import Foundation
import Logging
import OCI
import Registry

/// The process's one way to registries.
enum RegistryAccess {
    /// Runs `body` with a client, and closes its connections afterwards. `users` are those of the database, where there is one.
    static func with<Value: Sendable>(
        _ logger: Logger,
        _ settings: NetworkSettings,
        users: (any UserStore)? = nil,
        _ body: (RegistryClient) async throws -> Value
    ) async throws -> Value {
        try await RegistryClient.with(
            userAgent: "wafer/\(WaferVersion.number)",
            logger: logger,
            settings: settings,
            ambient: ambient,
            store: users,
            body
        )
    }

    /// Credentials in the environment, and in the files of docker and podman.
    static let ambient = CredentialProvider(environment: ProcessInfo.processInfo.environment)

    /// What `body` gives for the first reference whose registry answers. Throws the error of the last one, or a time-out.
    static func firstThatAnswers<Value: Sendable>(
        _ references: [ImageReference],
        within timeout: Duration,
        _ body: @escaping @Sendable (ImageReference) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup { group in
            group.addTask {
                for reference in references.dropLast() {
                    do {
                        return try await body(reference)
                    } catch let error as RegistryError
                        where [.unreachable, .tlsFailed, .unexpectedAnswer, .cut].contains(error.code)
                    {
                        continue
                    }
                }
                guard let last = references.last else { throw CancellationError() }
                return try await body(last)
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                let host = references.last?.canonicalHost ?? ""
                throw RegistryError(
                    .timedOut,
                    Purpose(.login, host, host: host),
                    detail: "no answer within \(timeout)"
                )
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}

extension NetworkSettings {
    /// For somebody who waits to hear whether a registry is there at all.
    var probing: NetworkSettings {
        var settings = self
        settings.retries = retries.limited(to: 2)
        return settings
    }

    /// For who has much to do with other registries.
    var settingAside: NetworkSettings {
        var settings = self
        settings.setsAside = true
        return settings
    }
}
