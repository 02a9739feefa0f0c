import AsyncHTTPClient
import NIOCore

/// A body whose request is under way until it is read to its end, breaks off, or is forgotten.
struct SlottedBody: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let slot: Slot

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: HTTPClientResponse.Body.AsyncIterator
        fileprivate let slot: Slot

        mutating func next() async throws -> ByteBuffer? {
            do {
                if let buffer = try await iterator.next() { return buffer }
            } catch {
                slot.release()
                throw error
            }
            slot.release()
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: body.makeAsyncIterator(), slot: slot)
    }
}
