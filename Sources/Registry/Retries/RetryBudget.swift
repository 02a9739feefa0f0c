import Synchronization

/// What is left of a ``RetryPolicy`` for one piece of work, however many layers of code try it again.
package final class RetryBudget: Sendable {
    private struct State {
        var failures = 0
        var start: ContinuousClock.Instant
    }

    private let policy: RetryPolicy
    private let clock: NetworkClock
    private let state: Mutex<State>

    /// A full one.
    package init(_ policy: RetryPolicy, clock: NetworkClock) {
        self.policy = policy
        self.clock = clock
        state = Mutex(State(start: clock.now()))
    }

    /// Counts a failure. The wait before the next attempt, nil where there is to be none.
    package func delay(asked: Duration?) -> Duration? {
        let now = clock.now()
        let random = clock.random()
        return state.withLock { state in
            state.failures += 1
            guard state.failures < policy.attempts else { return nil }
            let delay = policy.delay(afterFailures: state.failures, asked: asked, random: random)
            return now + delay <= state.start + policy.timeLimit ? delay : nil
        }
    }

    /// Begins anew: the work went on meanwhile.
    package func refill() {
        let now = clock.now()
        state.withLock { $0 = State(start: now) }
    }
}
