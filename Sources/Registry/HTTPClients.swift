import AsyncHTTPClient
import NIOCore
import NIOSSL
import OCI
import Plumbing
import Synchronization

/// The process's HTTP clients: some for direct connections, one for each proxy; and what TLS needs by host.
package final class HTTPClients: Sendable {
    private let settings: NetworkSettings
    private let direct: [AddressLimit: HTTPClient]
    private let proxied = Mutex<[ProxyAddress: HTTPClient]>([:])
    /// By canonical host; nil for those that need nothing of their own.
    private let configurations = Mutex<[String: TLSConfiguration?]>([:])

    /// Clients for these settings; they have to be shut down.
    package init(_ settings: NetworkSettings) {
        self.settings = settings
        var direct: [AddressLimit: HTTPClient] = [:]
        for limit in AddressLimit.allCases {
            direct[limit] = HTTPClient(configuration: HTTPTransport.configuration(settings, limit: limit))
        }
        self.direct = direct
    }

    /// Closes all connections.
    package func shutdown() async throws {
        let all = Array(direct.values) + proxied.withLock { Array($0.values) }
        for client in all { try await client.shutdown() }
    }

    func client(for request: RegistryRequest) throws -> HTTPClient {
        guard let proxy = settings.proxies.proxy(for: request.url) else {
            guard let client = direct[request.limit] else { throw ForbiddenAddress(reason: "cannot be checked") }
            return client
        }
        return proxied.withLock { clients in
            if let known = clients[proxy] { return known }
            // The connection ends at the proxy that the operator chose; where it leads to from there is seen there only.
            var configuration = HTTPTransport.configuration(settings, limit: .none)
            configuration.proxy = proxy.configuration
            let client = HTTPClient(configuration: configuration)
            clients[proxy] = client
            return client
        }
    }

    /// How TLS is done with a host; nil for as ever. Throws `TLSMaterial.Fault`.
    func configuration(for url: RequestURL) async throws -> TLSConfiguration? {
        guard url.scheme == .https else { return nil }
        let host = url.host.canonical(.https)
        if let known = configurations.withLock({ $0[host] }) { return known }
        var wanted = settings.hosts.settings(for: url) ?? HostSettings()
        wanted.authorities += settings.hosts.authorities
        let (folders, start) = (settings.certificates, wanted)
        let made = try await onDedicatedThread("certificates") {
            var wanted = start
            for folder in folders { folder.add(to: &wanted, host: host) }
            return try TLSMaterial.configuration(wanted)
        }
        configurations.withLock { $0[host] = .some(made) }
        return made
    }
}
