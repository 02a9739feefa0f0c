import AsyncHTTPClient
import NIOCore

/// Reading bodies.
extension RegistryResponse {
    /// The largest part that a body is handed over in, in bytes.
    static let maximumChunk = 256 << 10

    /// Hands the body over part by part; the next one is read from the network when `consume` has returned.
    ///
    /// Throws what `consume` throws, and `fault` of any error of the network.
    func forEachChunk(
        fault: (any Error) -> any Error,
        _ consume: ([UInt8]) async throws -> Void
    ) async throws {
        var iterator = body.makeAsyncIterator()
        while true {
            let buffer: ByteBuffer?
            do {
                buffer = try await iterator.next()
            } catch {
                throw fault(error)
            }
            guard var buffer else { return }
            while buffer.readableBytes > 0 {
                let count = min(buffer.readableBytes, Self.maximumChunk)
                guard let chunk = buffer.readBytes(length: count) else { return }
                try await consume(chunk)
            }
        }
    }

    /// Reads a body that nobody needs, so that its connection can be used again; a long one ends the connection instead.
    func discardBody() async {
        _ = await beginning(limit: RemoteDiagnostic.maximumBodySize)
    }

    /// The body's first bytes, at most `limit`, for messages. What is wrong with the rest does not matter any more.
    func beginning(limit: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                bytes += buffer.readableBytesView.prefix(limit - bytes.count)
                if bytes.count == limit { break }
            }
        } catch {
            // An error message that is cut still tells more than none.
            return bytes
        }
        return bytes
    }
}
