import AsyncHTTPClient
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
    let authentication: AuthTransport
    let logger: Logger

    /// Runs `body` with a client of its own, and closes its connections afterwards.
    ///
    /// - Parameters:
    ///   - userAgent: the name and version that registries see.
    ///   - logger: hears of requests at debug level, never of secrets.
    ///   - stallTimeout: the longest time without a byte; nil means a minute.
    ///   - ambient: the users of registries for requests that name none; nil means nobody.
    ///   - body: what is done with the client.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package static func with<Result>(
        userAgent: String,
        logger: Logger,
        stallTimeout: Duration? = nil,
        ambient: AmbientCredentials? = nil,
        _ body: (RegistryClient) async throws -> Result
    ) async throws -> Result {
        var clients: [AddressLimit: HTTPClient] = [:]
        for limit in AddressLimit.allCases {
            let configuration = HTTPTransport.configuration(stallTimeout: stallTimeout, limit: limit)
            clients[limit] = HTTPClient(configuration: configuration)
        }
        let network = HTTPTransport(clients: clients, userAgent: userAgent, logger: logger)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(RegistryClient(network: network, logger: logger, ambient: ambient)))
        } catch {
            outcome = .failure(error)
        }
        for client in clients.values { try await client.shutdown() }
        return try outcome.get()
    }

    /// Works with any network, and adds redirects and authentication to it.
    package init(network: any Transport, logger: Logger, ambient: AmbientCredentials? = nil) {
        authentication = AuthTransport(next: RedirectTransport(next: network), logger: logger, ambient: ambient)
        transport = authentication
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
        try Self.check(credentials, of: reference, purpose)
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

    /// Credentials go to the registry that they belong to, whatever else a reference's name holds.
    static func check(_ credentials: RegistryCredentials?, of reference: ImageReference, _ purpose: Purpose) throws {
        guard let credentials, credentials.host != reference.canonicalHost else { return }
        throw RegistryError(
            .foreignCredentials,
            purpose,
            detail: "the user \(credentials.username) belongs to the registry \(credentials.host)"
        )
    }

    /// Sends a request and expects one of these statuses.
    func send(_ request: RegistryRequest, expecting statuses: Set<Int>) async throws -> RegistryResponse {
        let response = try await transport.send(request)
        guard statuses.contains(response.status) else { throw await RegistryError.answer(response, to: request) }
        return response
    }
}
