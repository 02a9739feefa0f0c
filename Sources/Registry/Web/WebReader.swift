package import Logging
import NIOHTTP1
import OCI
package import Plumbing

/// Reads files at web servers that are no registries, by the rules that hold for those: proxies, authorities and limits of
/// `hosts.yaml`, the least version of TLS, and where a redirect may lead (``TargetPolicy``, ``AddressLimit``).
///
/// A request that fails is not sent again. Any number of tasks may use it at once; its connections end with it.
package final class WebReader: Sendable {
    private let clients: HTTPClients
    private let transport: any Transport

    /// A reader with these rules. Throws ``ThreadError`` where the system starts no threads for the network.
    package init(_ settings: NetworkSettings, userAgent: String, logger: Logger) throws {
        try NetworkThreads.begin()
        clients = HTTPClients(settings)
        let limited = LimitTransport(
            next: HTTPTransport(clients: clients, userAgent: userAgent, logger: logger),
            hosts: settings.hosts,
            clock: settings.clock,
            logger: logger
        )
        transport = RedirectTransport(next: limited)
    }

    deinit {
        // Nobody waits for it: connections that were idle are closed.
        Task { [clients] in try? await clients.shutdown() }
    }

    /// Asks for a file and returns the head of the answer, of any status. `headTimeout` is the longest time to it; nil for
    /// the usual one.
    ///
    /// Throws ``RegistryError`` where no answer came, and `CancellationError`.
    package func get(_ url: String, headTimeout: Duration? = nil) async throws -> RegistryResponse {
        try await send(.GET, url, headTimeout: headTimeout)
    }

    /// Asks about a file, like ``get(_:headTimeout:)``.
    package func head(_ url: String) async throws -> RegistryResponse {
        try await send(.HEAD, url, headTimeout: nil)
    }

    /// Asks for a file with fields of a header, like ``get(_:headTimeout:)``.
    func get(_ url: String, headers: HTTPHeaders) async throws -> RegistryResponse {
        try await send(.GET, url, headers: headers, headTimeout: nil)
    }

    private func send(
        _ method: HTTPMethod,
        _ url: String,
        headers: HTTPHeaders = [:],
        headTimeout: Duration?
    ) async throws -> RegistryResponse {
        let purpose: Purpose
        let target: RequestURL
        do {
            target = try RequestURL(parsing: url)
            purpose = Purpose(.readFile, url, host: target.host.description)
        } catch {
            throw RegistryError(.refused, Purpose(.readFile, url, host: ""), detail: "its URL \(error.reason)")
        }
        var request = RegistryRequest(
            method,
            target,
            for: purpose,
            registry: target,
            scope: .login,
            credentials: nil
        )
        request.headers = headers
        request.headTimeout = headTimeout
        return try await transport.send(request)
    }

    /// The body of whatever a GET answers, at most `limit` bytes of it. Throws like ``get(_:headTimeout:)``.
    package func small(_ url: String, limit: Int, headTimeout: Duration) async throws -> [UInt8] {
        await (try get(url, headTimeout: headTimeout)).beginning(limit: limit)
    }

    /// Writes the body of an answer into a pipe, and waits where nobody reads it. Throws ``RegistryError`` where the
    /// connection breaks, and the pipe's error.
    package func copy(_ response: RegistryResponse, of url: String, into pipe: BytePipe) async throws {
        let target = response.url
        let purpose = Purpose(.readFile, url, host: target.host.description)
        let request = RegistryRequest(.GET, target, for: purpose, registry: target, scope: .login, credentials: nil)
        try await response.forEachChunk(fault: { RegistryError.network($0, request) }) { try await pipe.write($0) }
    }
}
