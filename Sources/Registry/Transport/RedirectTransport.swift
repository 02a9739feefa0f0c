import NIOHTTP1

/// Follows redirects: blobs of Docker Hub and of registries on object stores come from elsewhere.
///
/// Credentials stay behind when the origin changes (RFC 9110 §15.4 leaves that to clients; S3 even refuses requests that have
/// both a signed URL and `Authorization`).
package struct RedirectTransport: Transport {
    /// More redirects than this are refused.
    package static let limit = 5

    private let next: any Transport

    /// Sends with another transport.
    package init(next: any Transport) {
        self.next = next
    }

    /// Sends a request to where it leads. Throws ``RegistryError/Code/redirectRefused`` where ``TargetPolicy`` forbids that.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        var request = request
        let start = request.url
        for _ in 0...Self.limit {
            let response = try await next.send(request)
            guard [301, 302, 303, 307, 308].contains(response.status) else { return response }
            let target = try Self.target(of: response, to: request, start: start)
            await response.discardBody()
            if target.origin != request.url.origin {
                for name in ["Authorization", "Cookie", "Proxy-Authorization"] { request.headers.remove(name: name) }
            }
            request.limit = max(request.limit, TargetPolicy.limit(of: target, namedBy: start))
            request.url = target
        }
        throw RegistryError(
            .redirectRefused,
            request.purpose,
            detail: "there are more than \(Self.limit) redirects, the last to \(request.url)"
        )
    }

    private static func target(
        of response: RegistryResponse,
        to request: RegistryRequest,
        start: RequestURL
    ) throws -> RequestURL {
        func refused(_ detail: String) -> RegistryError {
            RegistryError(.redirectRefused, request.purpose, status: response.status, detail: detail)
        }
        let target: RequestURL
        do {
            target = try request.url.following(response.headers, namedBy: request.url)
        } catch .missing {
            throw refused("a redirect of \(request.url) has no Location")
        } catch .unreadable(let reason) {
            throw refused("the target of a redirect of \(request.url) \(reason)")
        } catch .refused(let target, let reason) {
            throw refused("a redirect from \(request.url) to \(target) \(reason)")
        }
        if request.method != .GET, request.method != .HEAD {
            // Only these keep method and body, and what is pushed goes to the registry that the operator named.
            guard [307, 308].contains(response.status), target.origin == start.origin else {
                throw refused("\(request.method) is not sent on from \(start) to \(target)")
            }
        }
        return target
    }
}
