import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import OCI

/// Sends requests over the network, each once, and follows nothing.
package struct HTTPTransport: Transport {
    /// The longest time from the request to the head of its answer: the client's own deadline ends there.
    static let headTimeout = TimeAmount.seconds(90)

    private let clients: HTTPClients
    private let userAgent: String
    private let logger: Logger

    /// Sends with these clients.
    package init(clients: HTTPClients, userAgent: String, logger: Logger) {
        self.clients = clients
        self.userAgent = userAgent
        self.logger = logger
    }

    /// How every client is configured.
    ///
    /// Redirects are not followed by it (``RedirectTransport`` does, with rules), bodies stay as they are (digests are over the
    /// compressed bytes), HTTP/1.1 lets each blob have its own flow of bytes, and a refused connection fails at once.
    /// `check` looks at each new connection.
    static func configuration(
        _ settings: NetworkSettings,
        check: (@Sendable (any Channel) -> EventLoopFuture<Void>)? = nil
    ) -> HTTPClient.Configuration {
        let stall = TimeAmount(settings.stallTimeout)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(settings.connectTimeout), read: stall, write: stall),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = TLSMaterial.client
        configuration.http1_1ConnectionDebugInitializer = check
        configuration.dnsOverride = settings.addresses
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than any server's, so that no request goes into a connection that the other side is closing.
        configuration.connectionPool.idleTimeout = .seconds(15)
        // How many there may be is the business of LimitTransport: here nobody waits with a deadline running.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = HostLimiter.mostConcurrent
        return configuration
    }

    /// Sends a request once. Throws ``RegistryError`` where no answer came.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        var proxy: ProxyAddress?
        do {
            // The client hears of a wish to stop a moment later: a quick request would be sent nevertheless.
            try Task.checkCancellation()
            let route = try clients.route(for: request)
            proxy = route.proxy
            var message = message(request, through: route.isPlain ? proxy : nil)
            message.tlsConfiguration = try await clients.configuration(for: request)
            let response = try await execute(message, route, request)
            logger.debug(
                "registry request",
                metadata: [
                    "method": "\(request.method)", "url": "\(request.url)", "status": "\(response.status.code)",
                ]
            )
            return RegistryResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: .stream(
                    WatchedBody(body: response.body, rate: clients.minimumRate, stallTimeout: clients.stallTimeout)
                ),
                url: request.url
            )
        } catch let fault as TLSMaterial.Fault {
            throw RegistryError(.untrusted, request.purpose, detail: fault.description)
        } catch {
            var certificate: CertificateFault?
            // Through a proxy, or where the operator did not name the host, nothing more is asked of it.
            if proxy == nil, request.limit == .none, !Task.isCancelled {
                certificate = await clients.certificateFault(error, request.url)
            }
            throw RegistryError.network(error, request, proxy: proxy, certificate: certificate)
        }
    }

    private func execute(
        _ message: HTTPClientRequest,
        _ route: HTTPClients.Route,
        _ request: RegistryRequest
    ) async throws -> HTTPClientResponse {
        let activity = NetworkActivity.current
        var isAnswered = false
        activity?.begin(request.purpose.host)
        defer { activity?.end(progress: isAnswered) }
        let timeout = request.headTimeout.map { TimeAmount($0) } ?? Self.headTimeout
        let response = try await route.client.execute(message, deadline: .now() + timeout)
        isAnswered = !RetryTransport.isPassing(Int(response.status.code))
        return response
    }

    private func message(_ request: RegistryRequest, through proxy: ProxyAddress?) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: proxy.map { $0.url + request.url.target } ?? request.url.text)
        message.method = request.method
        message.headers = request.headers
        message.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if let body = request.body { message.body = .bytes(body, length: .known(Int64(body.count))) }
        if let proxy {
            message.headers.replaceOrAdd(name: "Host", value: request.url.host.description)
            if let word = proxy.authorization { message.headers.replaceOrAdd(name: "Proxy-Authorization", value: word) }
        }
        return message
    }
}
