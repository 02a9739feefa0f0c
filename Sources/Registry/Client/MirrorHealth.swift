import Synchronization

/// Which mirrors failed lately: those are left out for a while, so that not every request waits for them.
package final class MirrorHealth: Sendable {
    /// How long a mirror is left out.
    package static let pause = Duration.seconds(60)

    private let clock: NetworkClock
    private let failures = Mutex<[String: ContinuousClock.Instant]>([:])

    init(clock: NetworkClock) {
        self.clock = clock
    }

    func isLeftOut(_ host: String) -> Bool {
        let now = clock.now()
        return failures.withLock { $0[host].map { now < $0 + Self.pause } ?? false }
    }

    func failed(_ host: String) {
        let now = clock.now()
        failures.withLock { $0[host] = now }
    }
}
