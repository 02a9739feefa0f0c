import Foundation

/// A bounded pipe of byte chunks between a producer and a consumer that blocks on a thread of its own.
///
/// A network task writes with `await` and is suspended while the pipe is full, which holds back the connection; the
/// consumer reads on a dedicated thread. One producer and one consumer.
package final class BytePipe: Sendable {
    // Safe: every access to `state` holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()
    private let greatestCapacity: Int
    private let memory: BytesInMemory?
    /// What each pipe may hold however much there is in others.
    private static let least = 128 << 10

    private struct State {
        var chunks: [[UInt8]] = []
        var head = 0
        var byteCount = 0
        var end: Result<Void, any Error>?
        var cancellation: (any Error)?
        var waitingWriter: CheckedContinuation<Void, any Error>?
    }

    /// The consumer went away without a reason.
    package struct Closed: Error {}

    /// - Parameters:
    ///   - capacity: the bytes that may wait in the pipe; one chunk always fits.
    ///   - memory: those of all pipes that share it. While they are too many this one holds hardly any.
    package init(capacity: Int, in memory: BytesInMemory? = nil) {
        greatestCapacity = capacity
        self.memory = memory
    }

    deinit { memory?.remove(state.byteCount) }

    private var capacity: Int {
        memory?.areTooMany == true ? min(greatestCapacity, Self.least) : greatestCapacity
    }

    /// Adds a chunk once there is room. Throws the consumer's error where it gave up.
    package func write(_ chunk: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            condition.lock()
            defer { condition.unlock() }
            if let error = state.cancellation { return continuation.resume(throwing: error) }
            append(chunk)
            if state.byteCount <= capacity { return continuation.resume() }
            state.waitingWriter = continuation
        }
    }

    /// The same for a producer on a thread of its own.
    package func writeBlocking(_ chunk: [UInt8]) throws {
        condition.lock()
        defer { condition.unlock() }
        if state.byteCount > capacity {
            while state.byteCount > capacity / 2, state.cancellation == nil { condition.wait() }
        }
        if let error = state.cancellation { throw error }
        append(chunk)
    }

    /// Ends the stream, well or with the producer's error. Only the first call counts.
    package func finish(throwing error: (any Error)? = nil) {
        condition.lock()
        defer { condition.unlock() }
        if state.end == nil { state.end = error.map(Result.failure) ?? .success(()) }
        condition.broadcast()
    }

    /// The next chunk, nil at the end. Blocks. Throws the producer's error once what came before it was read.
    package func read() throws -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let error = state.cancellation { throw error }
            if state.head < state.chunks.count { return takeChunk() }
            if let end = state.end {
                try end.get()
                return nil
            }
            condition.wait()
        }
    }

    /// The consumer or the owner gives up: whoever writes or reads from now on gets the error.
    package func cancel(_ error: any Error = Closed()) {
        condition.lock()
        defer { condition.unlock() }
        if state.cancellation == nil { state.cancellation = error }
        state.waitingWriter?.resume(throwing: error)
        state.waitingWriter = nil
        condition.broadcast()
    }

    private func append(_ chunk: [UInt8]) {
        state.chunks.append(chunk)
        state.byteCount += chunk.count
        memory?.add(chunk.count)
        condition.signal()
    }

    private func takeChunk() -> [UInt8] {
        let chunk = state.chunks[state.head]
        state.chunks[state.head] = []
        state.head += 1
        if state.head == state.chunks.count {
            state.chunks.removeAll(keepingCapacity: true)
            state.head = 0
        }
        state.byteCount -= chunk.count
        memory?.remove(chunk.count)
        // Not at the first free byte: the two threads would wake each other for every chunk.
        if state.byteCount <= capacity / 2 {
            state.waitingWriter?.resume()
            state.waitingWriter = nil
            condition.signal()
        }
        return chunk
    }
}
