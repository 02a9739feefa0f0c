import Foundation
import OCI
import Plumbing
import SystemPackage

/// The credentials that this process finds around it, for images that name no user of the database.
///
/// In this order: `WAFER_REGISTRY_NAME_…`, DUCC's `DUCC_AUTH_REGISTRIES`, docker's `config.json`, podman's `auth.json`. Each is
/// selected by the exact host of the registry; of several for one host, the one whose path is the longest that the
/// repository begins with.
package struct CredentialProvider: Sendable {
    private struct Key: Hashable, Sendable {
        let host: String
        let repository: String?
    }

    /// Files and helpers are asked anew after this time: the tokens of clouds change.
    private static let lifetime = Duration.seconds(60)

    private let environment: [String: String]
    private let helpers: CredentialHelpers
    private let found: SingleFlightCache<Key, RegistryCredentials?>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Looks in an environment, and in the files that it leads to.
    package init(
        environment: [String: String],
        helperTimeout: Duration = .seconds(30),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.environment = environment.filter { !$0.value.isEmpty }
        helpers = CredentialHelpers(environment: environment, timeout: helperTimeout, now: now)
        found = SingleFlightCache(now: now)
    }

    /// The user for a repository of a registry by its canonical host; nil where there is none, and nobody logs in.
    ///
    /// Throws ``CredentialsError`` where a variable, file or helper is not as it should be.
    package func credentials(for host: String, repository: String?) async throws -> RegistryCredentials? {
        try await found.value(for: Key(host: host, repository: repository)) {
            .init(value: try await find(host, repository), expires: now() + Self.lifetime)
        }.value
    }

    private func find(_ host: String, _ repository: String?) async throws -> RegistryCredentials? {
        let found = try await first(host, repository)
        if let found, let fault = found.fault {
            throw CredentialsError("\(found.source ?? host): \(fault); change it to what the registry knows")
        }
        return found
    }

    private func first(_ host: String, _ repository: String?) async throws -> RegistryCredentials? {
        let variables = EnvironmentCredentials(environment)
        let own = try await BlockingExecutor.shared.run { try variables.own(host, repository) }
        if let found = try own ?? variables.ducc(host, repository) { return found }
        for file in try AuthFile.places(environment) {
            guard let file = try await AuthFile.load(file) else { continue }
            if let found = try await file.credentials(host, repository, helpers) { return found }
        }
        return nil
    }
}
