import AsyncHTTPClient
package import Logging
import NIOHTTP1
import OCI
import Synchronization

/// Keeps the requests to each host within limits. It stands before the network, so that tokens and the targets of redirects
/// count at their own hosts.
package final class LimitTransport: Transport {
    private let next: any Transport
    private let hosts: HostsConfiguration
    private let clock: NetworkClock
    private let logger: Logger
    /// By canonical host.
    private let limiters = Mutex<[String: HostLimiter]>([:])

    /// Sends with another transport.
    package init(next: any Transport, hosts: HostsConfiguration, clock: NetworkClock, logger: Logger) {
        self.next = next
        self.hosts = hosts
        self.clock = clock
        self.logger = logger
    }

    /// Sends a request when it may go.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        let limiter = limiter(for: request.url)
        let isPull = request.method == .GET && request.purpose.operation == .pullManifest
        let permit = try await NetworkActivity.waiting { try await limiter.enter(isPull: isPull) }
        let response: RegistryResponse
        do {
            response = try await next.send(request)
        } catch {
            permit.release()
            throw error
        }
        // What everybody may pull yet says nothing of what a user may.
        if !request.isAnonymous, let limit = RateLimit(response.headers) { limiter.hear(limit) }
        guard request.method == .GET, (200..<300).contains(response.status) else {
            // What is left of it is short, and who gets it may need another request before it is read.
            permit.release()
            return response
        }
        return RegistryResponse(
            status: response.status,
            headers: response.headers,
            body: .stream(LimitedBody(body: response.body, permit: permit)),
            url: response.url
        )
    }

    private func limiter(for url: RequestURL) -> HostLimiter {
        let host = url.host.canonical(url.scheme)
        return limiters.withLock { limiters in
            if let known = limiters[host] { return known }
            let new = HostLimiter(host: host, hosts.settings(for: url), clock: clock, logger: logger)
            limiters[host] = new
            return new
        }
    }
}
