package import Logging
import NIOHTTP1
import OCI
import Plumbing

/// Fetches images from registries and pushes them (OCI distribution specification 1.1). One for the process.
///
/// Everything small is verified before it is returned; the layers' bytes are counted here and hashed by who reads them. Any
/// number of tasks may use it at once. A cancelled task ends with `CancellationError`, every other failure is a
/// ``RegistryError``.
package final class RegistryClient: Sendable {
    private let transport: any Transport
    let authentication: AuthTransport
    let settings: NetworkSettings
    let logger: Logger
    /// Where blobs were pushed or found, so that the registry need not get them again for another repository.
    let knownBlobs = KnownBlobs()
    let mirrorHealth: MirrorHealth
    /// Which registries answer.
    package let hostHealth: HostHealth

    /// Runs `body` with a client of its own, and closes its connections afterwards.
    ///
    /// - Parameters:
    ///   - userAgent: the name and version that registries see.
    ///   - logger: hears of requests at debug level, never of secrets.
    ///   - settings: how registries are reached.
    ///   - ambient: the users of registries for requests that name none; nil means nobody.
    ///   - store: the database's users: those of mirrors, and whose tokens registries replace.
    ///   - body: what is done with the client.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package static func with<Result>(
        userAgent: String,
        logger: Logger,
        settings: NetworkSettings = NetworkSettings(),
        ambient: CredentialProvider? = nil,
        store: (any UserStore)? = nil,
        _ body: (RegistryClient) async throws -> Result
    ) async throws -> Result {
        try await BlockingExecutor.shared.run { try NetworkThreads.begin() }
        let clients = HTTPClients(settings)
        let network = HTTPTransport(clients: clients, userAgent: userAgent, logger: logger)
        let client = RegistryClient(
            network: network,
            logger: logger,
            settings: settings,
            ambient: ambient,
            store: store
        )
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(client))
        } catch {
            outcome = .failure(error)
        }
        try await clients.shutdown()
        return try outcome.get()
    }

    /// Works with any network, and adds limits, redirects, authentication and retries to it.
    package init(
        network: any Transport,
        logger: Logger,
        settings: NetworkSettings = NetworkSettings(),
        ambient: CredentialProvider? = nil,
        store: (any UserStore)? = nil
    ) {
        hostHealth = HostHealth(clock: settings.clock, setsAside: settings.setsAside)
        let limited = LimitTransport(
            next: network,
            hosts: settings.hosts,
            clock: settings.clock,
            logger: logger
        )
        authentication = AuthTransport(
            next: RedirectTransport(next: limited),
            logger: logger,
            users: RequestUsers(ambient: ambient, store: store, hosts: settings.hosts, now: settings.clock.now),
            clock: settings.clock
        )
        transport = RetryTransport(
            next: authentication,
            policy: settings.retries,
            health: hostHealth,
            clock: settings.clock,
            logger: logger
        )
        self.settings = settings
        self.logger = logger
        mirrorHealth = MirrorHealth(clock: settings.clock)
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
        let host = settings.hosts.settings(for: reference)
        let url = try RequestURL(
            registry: reference,
            target: "/v2/\(reference.repository)/\(path)",
            insecure: host?.isInsecure ?? false
        )
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
        guard statuses.contains(response.status) else {
            throw await RegistryError.answer(response, to: request, at: settings.clock.date())
        }
        return response
    }
}
