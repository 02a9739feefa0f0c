import Logging
import Synchronization

/// Keeps the requests to one host within limits: at the same time, a second, and of the pulls that the host allows.
final class HostLimiter: Sendable {
    /// The most requests at the same time where nothing else is said.
    static let defaultConcurrent = 32
    /// No host gets more than this.
    static let mostConcurrent = 256

    private struct State {
        /// When the next request may go, where they are limited by the second.
        var nextRequest: ContinuousClock.Instant?
        /// When the next pull may go, where the host allows only a few more.
        var nextPull: (time: ContinuousClock.Instant, spacing: Duration)?
    }

    private let host: String
    private let perSecond: Double?
    private let pullReserve: Int?
    private let clock: NetworkClock
    private let logger: Logger
    private let semaphore: AsyncSemaphore
    private let state = Mutex(State())

    init(host: String, _ settings: HostSettings?, clock: NetworkClock, logger: Logger) {
        self.host = host
        perSecond = settings?.perSecond
        pullReserve = settings?.pullReserve
        self.clock = clock
        self.logger = logger
        semaphore = AsyncSemaphore(settings?.concurrent ?? Self.defaultConcurrent)
    }

    /// Waits until a request may go; it is under way as long as the permit lives, unless it is released before.
    func enter(isPull: Bool) async throws -> Permit {
        if isPull, let wait = pullWait() {
            logger.notice(
                "the registry allows few more pulls: waiting so that it does not refuse them",
                metadata: ["registry": "\(host)", "wait": "\(wait.inSeconds)"]
            )
            try await clock.sleep(wait)
        }
        let permit = try await semaphore.take()
        if let wait = secondWait() { try await clock.sleep(wait) }
        return permit
    }

    /// Hears what the host allows yet.
    func hear(_ limit: RateLimit) {
        let now = clock.now()
        let isFirst = state.withLock { state in
            guard limit.remaining <= pullReserve ?? limit.defaultReserve else {
                state.nextPull = nil
                return false
            }
            let isFirst = state.nextPull == nil
            state.nextPull = (state.nextPull?.time ?? now + limit.spacing, limit.spacing)
            return isFirst
        }
        guard isFirst else { return }
        logger.warning(
            "the registry allows \(limit.remaining) more of \(limit.limit) pulls: they are spread over time from here on",
            metadata: ["registry": "\(host)", "one every": "\(limit.spacing.inSeconds)"]
        )
    }

    private func pullWait() -> Duration? {
        let now = clock.now()
        return state.withLock { state in
            guard let (time, spacing) = state.nextPull else { return nil }
            let start = max(time, now)
            state.nextPull = (start + spacing, spacing)
            return start > now ? start - now : nil
        }
    }

    private func secondWait() -> Duration? {
        guard let perSecond else { return nil }
        let now = clock.now()
        return state.withLock { state in
            let start = max(state.nextRequest ?? now, now)
            state.nextRequest = start + .seconds(1 / perSecond)
            return start > now ? start - now : nil
        }
    }
}
