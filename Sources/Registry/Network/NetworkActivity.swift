import Synchronization

/// Whether a piece of work waits for the network, and for how long nothing has come of it: who has more to do can go on
/// with that.
package final class NetworkActivity: Sendable {
    private struct State {
        /// The registry that was asked last: an image is pulled from one, and then pushed to another.
        var host: String?
        /// Requests and pauses under way.
        var waiting = 0
        /// Since when nothing came; time in which nobody waited does not count.
        var start: ContinuousClock.Instant
        /// When somebody waited last.
        var paused: ContinuousClock.Instant
        /// Bytes since then: a byte every few seconds is no progress.
        var bytes = 0

        init(_ now: ContinuousClock.Instant) {
            start = now
            paused = now
        }
    }

    /// The work that this task is a part of.
    @TaskLocal package static var current: NetworkActivity?

    /// So many bytes are progress.
    private static let progress = 64 << 10

    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Work that begins now, by this clock.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        state = Mutex(State(now()))
        self.now = now
    }

    /// The registry that the work has waited for so long without progress; nil where it goes on, or is at something else.
    package func host(idleFor limit: Duration) -> String? {
        let now = now()
        return state.withLock { $0.waiting > 0 && now - $0.start >= limit ? $0.host : nil }
    }

    /// Begins to wait, for a registry where that is another one than before.
    func begin(_ host: String? = nil) {
        let now = now()
        state.withLock { state in
            if let host { state.host = host }
            if state.waiting == 0 { state.start += now - state.paused }
            state.waiting += 1
        }
    }

    /// Waits no more. `progress` tells whether a registry did as it was asked, `bytes` how many came.
    func end(progress: Bool = false, bytes: Int = 0) {
        let now = now()
        state.withLock { state in
            state.waiting -= 1
            state.paused = now
            state.bytes += bytes
            guard progress || state.bytes >= Self.progress else { return }
            state.start = now
            state.bytes = 0
        }
    }

    /// Runs `body`, which only waits: for the network, or for other work that does.
    package static func waiting<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let activity = current
        activity?.begin()
        defer { activity?.end() }
        return try await body()
    }
}
