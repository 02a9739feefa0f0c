package import Foundation

/// Time and chance as waits and retries see them; tests bring their own and never sleep.
package struct NetworkClock: Sendable {
    /// What durations are measured with.
    package let now: @Sendable () -> ContinuousClock.Instant
    /// The time of day, for dates in headers.
    package let date: @Sendable () -> Date
    /// Waits. Throws `CancellationError` where the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 up to, not including, 1.
    package let random: @Sendable () -> Double

    /// Takes the four.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        date: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.date = date
        self.sleep = sleep
        self.random = random
    }

    /// The machine's.
    package static let system = NetworkClock(
        now: { .now },
        date: { Date() },
        sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0..<1) }
    )
}
