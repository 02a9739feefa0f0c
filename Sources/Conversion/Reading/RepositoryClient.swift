import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Plumbing
import Registry

/// The HTTP client with which repositories are read. It lives as long as the process.
enum RepositoryClient {
    /// The web server has something else to say than the file.
    struct Refusal: Error {
        let status: UInt
    }

    /// The transfer broke.
    struct Failure: Error {
        let cause: any Error
    }

    static let headers: HTTPHeaders = ["User-Agent": "wafer/\(WaferVersion.number)"]

    /// Connections to one web server at a time.
    static let connections = 16

    static let shared = HTTPClient(eventLoopGroup: NetworkThreads.loops, configuration: configuration)

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 5, allowCycles: false),
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10), read: .seconds(60))
        )
        configuration.tlsConfiguration = TLSMaterial.client
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A refused connection is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Longer than any object takes; a stalled transfer ends by the read timeout.
    private static let patience = TimeAmount.hours(24)

    /// Writes what lies at a URL into the pipe; false where there is nothing. Throws ``Refusal``, ``Failure``, and the
    /// pipe's error.
    static func get(_ url: String, into pipe: BytePipe) async throws -> Bool {
        var request = HTTPClientRequest(url: url)
        request.headers = headers
        let response: HTTPClientResponse
        do { try NetworkThreads.begin() } catch { throw Failure(cause: error) }
        do { response = try await shared.execute(request, timeout: patience) } catch { throw Failure(cause: error) }
        if response.status == .notFound { return false }
        guard response.status == .ok else { throw Refusal(status: response.status.code) }
        var body = response.body.makeAsyncIterator()
        while true {
            let buffer: ByteBuffer?
            do { buffer = try await body.next() } catch { throw Failure(cause: error) }
            guard let buffer else { return true }
            try await pipe.write(Array(buffer.readableBytesView))
        }
    }
}
