import Logging
import OCI
import Registry
import State

/// Asks a registry for a refresh token in exchange for a password, so that no password has to be stored.
struct PasswordExchange {
    /// Nobody wants to wait longer where a registry cannot be reached.
    private static let timeout = Duration.seconds(10)

    let user: User
    let registry: TypedRegistry
    let settings: NetworkSettings
    let logger: Logger

    /// What is to be stored: the token, or the password where the registry gives none or cannot be asked. Says which.
    func credential(for password: Password) async throws -> StoredCredential {
        let allowsPlainHTTP = registry.scheme == .http
        let kept = StoredCredential(password, allowsPlainHTTP: allowsPlainHTTP)
        do {
            guard let token = try await token(password, allowsPlainHTTP) else {
                logger.info(
                    "\(user.registry) gives no token in exchange: the password of \(user.name) itself is stored"
                )
                return kept
            }
            logger.notice("\(user.registry) gave a token: that is stored, and not the password of \(user.name)")
            return StoredCredential(Password(token), kind: .token, allowsPlainHTTP: allowsPlainHTTP)
        } catch let error as RegistryError {
            // A user may be stored before the registry is there, or knows it; this is no time to refuse.
            logger.warning("the password of \(user.name) is stored as it is: \(error)")
            return kept
        }
    }

    private func token(_ password: Password, _ allowsPlainHTTP: Bool) async throws -> String? {
        let credentials = RegistryCredentials(
            host: user.canonicalRegistry,
            username: user.name,
            password: password.revealed,
            allowsPlainHTTP: allowsPlainHTTP
        )
        let references = try registry.references()
        return try await RegistryAccess.with(logger, settings.probing) { client in
            try await RegistryAccess.firstThatAnswers(references, within: Self.timeout) { reference in
                try await client.refreshToken(at: reference, credentials: credentials)
            }
        }
    }
}
