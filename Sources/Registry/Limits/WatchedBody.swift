import AsyncHTTPClient
import NIOCore

/// A body that has to come at some rate.
///
/// Only the time in which its reader waits counts: whoever takes long to use what came makes no server slow.
struct WatchedBody: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let rate: MinimumRate
    /// After how long without a byte the client ends a transfer.
    let stallTimeout: Duration
    /// The clock of both.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Fewer bytes came than ``MinimumRate`` wants.
    struct TooSlow: Error {
        let received: Int
        let waited: Duration
    }

    /// The client ended a transfer in which no byte was wanted: its clock runs while the reader is busy, too.
    struct LateReader: Error {}

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: HTTPClientResponse.Body.AsyncIterator
        fileprivate let rate: MinimumRate
        fileprivate let stallTimeout: Duration
        fileprivate let now: @Sendable () -> ContinuousClock.Instant
        private var waited = Duration.zero
        private var received = 0

        fileprivate init(_ body: WatchedBody) {
            iterator = body.body.makeAsyncIterator()
            rate = body.rate
            stallTimeout = body.stallTimeout
            now = body.now
        }

        private static func meaning(of error: any Error, after time: Duration, _ stallTimeout: Duration) -> any Error {
            guard let error = error as? HTTPClientError, error == .readTimeout, time < stallTimeout / 2 else {
                return error
            }
            return LateReader()
        }

        mutating func next() async throws -> ByteBuffer? {
            let start = now()
            let buffer: ByteBuffer?
            let activity = NetworkActivity.current
            activity?.begin()
            do {
                buffer = try await iterator.next()
                activity?.end(bytes: buffer?.readableBytes ?? 0)
            } catch {
                activity?.end()
                throw Self.meaning(of: error, after: now() - start, stallTimeout)
            }
            guard let buffer else { return nil }
            waited += now() - start
            received += buffer.readableBytes
            guard waited >= rate.window else { return buffer }
            if Double(received) < Double(rate.bytesPerSecond) * (waited / .seconds(1)) {
                throw TooSlow(received: received, waited: waited)
            }
            waited = .zero
            received = 0
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
