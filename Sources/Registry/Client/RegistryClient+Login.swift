import NIOHTTP1
package import OCI

/// Logging in without an image (distribution specification, "Determining Support": `GET /v2/`).
extension RegistryClient {
    /// Asks a registry whether it lets a user in: to `repository`, or at all. Of the reference only the registry counts.
    ///
    /// Throws ``RegistryError`` where it does not.
    package func login(
        to reference: ImageReference,
        repository: String?,
        credentials: RegistryCredentials?
    ) async throws -> LoginReport {
        let response = try await send(loginRequest(reference, repository, credentials), expecting: [200])
        await response.discardBody()
        let service = response.login?.scheme == "bearer" ? response.login?.parameters["realm"] : nil
        return LoginReport(
            user: response.login == nil ? nil : response.user,
            scheme: response.login?.scheme,
            // The login has gone there: it can be read.
            tokenService: service.flatMap { try? RequestURL(parsing: $0).description }
        )
    }

    /// A refresh token that the registry gives in exchange for a password; nil where it gives none.
    ///
    /// The token was tried once. Throws ``RegistryError`` where the registry does not let the user in.
    package func refreshToken(
        at reference: ImageReference,
        credentials: RegistryCredentials
    ) async throws -> String? {
        try await authentication.refreshToken(for: loginRequest(reference, nil, credentials))
    }

    private func loginRequest(
        _ reference: ImageReference,
        _ repository: String?,
        _ credentials: RegistryCredentials?
    ) throws -> RegistryRequest {
        let purpose = Purpose(.login, reference.canonicalHost, host: reference.canonicalHost)
        try Self.check(credentials, of: reference, purpose)
        let url = try RequestURL(
            registry: reference,
            target: "/v2/",
            insecure: settings.hosts.settings(for: reference)?.isInsecure ?? false
        )
        return RegistryRequest(
            .GET,
            url,
            for: purpose,
            registry: url,
            scope: repository.map { TokenScope(repository: $0, isPush: false) } ?? .login,
            credentials: credentials
        )
    }
}
