import AsyncHTTPClient
import NIOCore
import NIOSSL
import OCI
import Plumbing
import Synchronization

/// The process's HTTP clients: some for direct connections, one or two for each proxy; and what TLS needs by host.
package final class HTTPClients: Sendable {
    /// How a request goes.
    struct Route {
        let client: HTTPClient
        let proxy: ProxyAddress?
        /// Whether the proxy gets the request itself, and not a tunnel to where it goes.
        let isPlain: Bool
    }

    private struct ProxyUse: Hashable {
        let address: ProxyAddress
        let isPlain: Bool
    }

    private let settings: NetworkSettings
    private let direct: [AddressLimit: HTTPClient]
    private let proxied = Mutex<[ProxyUse: HTTPClient]>([:])
    /// A host, by its canonical name, and whether this program shows no certificate there.
    private struct TLSUse: Hashable {
        let host: String
        let isAnonymous: Bool
    }

    /// Nil for those that need nothing of their own.
    private let configurations = Mutex<[TLSUse: TLSConfiguration?]>([:])

    /// Clients for these settings; they have to be shut down.
    package init(_ settings: NetworkSettings) {
        self.settings = settings
        let named = NamedEnds()
        var direct: [AddressLimit: HTTPClient] = [:]
        for limit in AddressLimit.allCases {
            let check = limit.connectionCheck(settings.machine, named)
            direct[limit] = Self.client(HTTPTransport.configuration(settings, check: check))
        }
        self.direct = direct
    }

    /// Closes all connections.
    package func shutdown() async throws {
        let all = Array(direct.values) + proxied.withLock { Array($0.values) }
        for client in all { try await client.shutdown() }
    }

    var minimumRate: MinimumRate { settings.minimumRate }
    var stallTimeout: Duration { settings.stallTimeout }

    func route(for request: RegistryRequest) throws -> Route {
        guard let proxy = settings.proxies.proxy(for: request.url) else {
            guard let client = direct[request.limit] else { throw ForbiddenAddress(reason: "cannot be checked") }
            return Route(client: client, proxy: nil, isPlain: false)
        }
        let isPlain = request.url.scheme == .http && !proxy.isSOCKS
        return Route(
            client: client(for: ProxyUse(address: proxy, isPlain: isPlain)),
            proxy: proxy,
            isPlain: isPlain
        )
    }

    private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
        HTTPClient(eventLoopGroup: NetworkThreads.loops, configuration: configuration)
    }

    private func client(for use: ProxyUse) -> HTTPClient {
        proxied.withLock { clients in
            if let known = clients[use] { return known }
            // The connection ends at the proxy that the operator chose; where it leads to from there is seen there only.
            var configuration = HTTPTransport.configuration(settings)
            if use.isPlain {
                configuration.http1_1ConnectionDebugInitializer = AbsoluteForm.add
            } else {
                configuration.proxy = use.address.configuration
            }
            let client = Self.client(configuration)
            clients[use] = client
            return client
        }
    }

    func certificateFault(_ error: any Error, _ url: RequestURL) async -> CertificateFault? {
        await RegistryError.certificateFault(error, url, addresses: settings.addresses, clock: settings.clock)
    }

    /// How TLS is done for a request; nil for as ever. Throws `TLSMaterial.Fault`.
    func configuration(for request: RegistryRequest) async throws -> TLSConfiguration? {
        let url = request.url
        guard url.scheme == .https else { return nil }
        let host = url.host.canonical(.https)
        let use = TLSUse(host: host, isAnonymous: request.isAnonymous)
        if let known = configurations.withLock({ $0[use] }) { return known }
        var wanted = settings.hosts.settings(for: url) ?? HostSettings()
        wanted.authorities += settings.hosts.authorities
        let (folders, start) = (settings.certificates, wanted)
        let made = try await onDedicatedThread("certificates") {
            var wanted = start
            for folder in folders { try folder.add(to: &wanted, host: host) }
            if use.isAnonymous { wanted.clientCertificate = nil }
            return try TLSMaterial.configuration(wanted)
        }
        configurations.withLock { $0[use] = .some(made) }
        return made
    }
}
