package import AsyncHTTPClient
package import Logging
import NIOHTTP1
import OCI

/// Fetches images from registries and pushes them (OCI distribution specification 1.1). One for the process.
///
/// Everything small is verified before it is returned; the layers' bytes are counted here and hashed by who reads them. Any
/// number of tasks may use it at once. A cancelled task ends with `CancellationError`, every other failure is a
/// ``RegistryError``.
package final class RegistryClient: Sendable {
    private let transport: any Transport
    let logger: Logger

    /// Runs `body` with a client of its own, and closes its connections afterwards.
    ///
    /// - Parameters:
    ///   - userAgent: the name and version that registries see.
    ///   - logger: hears of requests at debug level, never of secrets.
    ///   - stallTimeout: the longest time without a byte; nil means a minute.
    ///   - body: what is done with the client.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package static func with<Result>(
        userAgent: String,
        logger: Logger,
        stallTimeout: Duration? = nil,
        _ body: (RegistryClient) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(configuration: HTTPTransport.configuration(stallTimeout: stallTimeout))
        do {
            let result = try await body(RegistryClient(httpClient: client, userAgent: userAgent, logger: logger))
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Works with the process's HTTP client, which has ``HTTPTransport/configuration(stallTimeout:)``.
    package convenience init(httpClient: HTTPClient, userAgent: String, logger: Logger) {
        self.init(network: HTTPTransport(client: httpClient, userAgent: userAgent, logger: logger), logger: logger)
    }

    /// Works with any network, and adds redirects and authentication to it.
    package init(network: any Transport, logger: Logger) {
        transport = AuthTransport(next: RedirectTransport(next: network), logger: logger)
        self.logger = logger
    }

    /// A request to a path below `/v2/REPOSITORY/`.
    func request(
        _ method: HTTPMethod,
        _ path: String,
        of reference: ImageReference,
        for purpose: Purpose,
        credentials: RegistryCredentials?
    ) throws -> RegistryRequest {
        if let credentials, credentials.host != reference.canonicalHost {
            throw RegistryError(
                .foreignCredentials,
                purpose,
                detail: "the user \(credentials.username) belongs to the registry \(credentials.host)"
            )
        }
        let url = try RequestURL(registry: reference, target: "/v2/\(reference.repository)/\(path)")
        return RegistryRequest(
            method,
            url,
            for: purpose,
            registry: url,
            scope: purpose.operation.isPush ? .push(reference) : .pull(reference),
            credentials: credentials
        )
    }

    /// Sends a request and expects one of these statuses.
    func send(_ request: RegistryRequest, expecting statuses: Set<Int>) async throws -> RegistryResponse {
        let response = try await transport.send(request)
        guard statuses.contains(response.status) else { throw await RegistryError.answer(response, to: request) }
        return response
    }
}
