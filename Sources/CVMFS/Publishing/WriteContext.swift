package import Foundation

/// What whoever writes a repository says beside what to write: how long to wait, what time it is, and when to stop.
package struct WriteContext: Sendable {
    /// How long to wait for another writer.
    package let lockTimeout: Duration
    private let clock: @Sendable () -> Date
    /// The clock of ``lockTimeout``.
    package let instant: @Sendable () -> ContinuousClock.Instant
    /// Throws once the work is not wanted any more. Asked while something is waited for.
    package let checkCancelled: @Sendable () throws -> Void

    /// A context; without `checkCancelled` nobody stops the work.
    package init(
        lockTimeout: Duration,
        clock: @escaping @Sendable () -> Date = { Date() },
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        checkCancelled: @escaping @Sendable () throws -> Void = {}
    ) {
        self.lockTimeout = lockTimeout
        self.clock = clock
        self.instant = instant
        self.checkCancelled = checkCancelled
    }

    /// What time it is.
    package var now: Date { clock() }

    /// The same with another time to wait; a negative one is none.
    package func waiting(upTo timeout: Duration) -> WriteContext {
        WriteContext(
            lockTimeout: max(.zero, timeout),
            clock: clock,
            instant: instant,
            checkCancelled: checkCancelled
        )
    }

    /// The same work, stopped by what `check` throws.
    package func stopped(by check: @escaping @Sendable () throws -> Void) -> WriteContext {
        WriteContext(lockTimeout: lockTimeout, clock: clock, instant: instant, checkCancelled: check)
    }
}
