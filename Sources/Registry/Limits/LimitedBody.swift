import AsyncHTTPClient
import NIOCore

/// A body whose request is under way until it is read to its end, breaks off, or is forgotten.
struct LimitedBody: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let permit: Permit

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: HTTPClientResponse.Body.AsyncIterator
        fileprivate let permit: Permit

        mutating func next() async throws -> ByteBuffer? {
            do {
                if let buffer = try await iterator.next() { return buffer }
            } catch {
                permit.release()
                throw error
            }
            permit.release()
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: body.makeAsyncIterator(), permit: permit)
    }
}
