package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1

/// Sends requests over the network, each once, and follows nothing.
package struct HTTPTransport: Transport {
    /// The longest time for a connection, TLS included.
    static let connectTimeout = TimeAmount.seconds(10)
    /// The longest time without a byte in either direction: a stalled transfer is an error, not a hang.
    static let stallTimeout = TimeAmount.seconds(60)
    /// The longest time from the request to the head of its answer: the client's own deadline ends there.
    static let headTimeout = TimeAmount.seconds(90)

    private let clients: [AddressLimit: HTTPClient]
    private let userAgent: String
    private let logger: Logger

    /// Sends with clients that were made with ``configuration(stallTimeout:limit:)``, one for each limit.
    package init(clients: [AddressLimit: HTTPClient], userAgent: String, logger: Logger) {
        self.clients = clients
        self.userAgent = userAgent
        self.logger = logger
    }

    /// How the process's clients have to be configured.
    ///
    /// Redirects are not followed by it (``RedirectTransport`` does, with rules), bodies stay as they are (digests are over the
    /// compressed bytes), HTTP/1.1 lets each blob have its own flow of bytes, and a refused connection fails at once.
    /// `limit` is where its connections may end.
    package static func configuration(
        stallTimeout: Duration? = nil,
        limit: AddressLimit = .none
    ) -> HTTPClient.Configuration {
        let stall = stallTimeout.map { TimeAmount($0) } ?? Self.stallTimeout
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: connectTimeout, read: stall, write: stall),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = limit.connectionCheck
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than any server's, so that no request goes into a connection that the other side is closing.
        configuration.connectionPool.idleTimeout = .seconds(15)
        return configuration
    }

    /// Sends a request once. Throws ``RegistryError`` where no answer came.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        var message = HTTPClientRequest(url: request.url.text)
        message.method = request.method
        message.headers = request.headers
        message.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if let body = request.body { message.body = .bytes(body, length: .known(Int64(body.count))) }
        do {
            guard let client = clients[request.limit] else { throw ForbiddenAddress(reason: "cannot be checked") }
            let response = try await client.execute(message, deadline: .now() + Self.headTimeout)
            logger.debug(
                "registry request",
                metadata: [
                    "method": "\(request.method)", "url": "\(request.url)", "status": "\(response.status.code)",
                ]
            )
            return RegistryResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: response.body,
                url: request.url
            )
        } catch {
            throw RegistryError.network(error, request)
        }
    }
}
