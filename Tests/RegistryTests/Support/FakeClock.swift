import Foundation
import Registry
import Synchronization

/// A clock that goes on by itself when somebody waits, and remembers for how long.
final class FakeClock: Sendable {
    private struct State {
        var passed = Duration.zero
        var waits: [Duration] = []
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let chance: Double
    private let meanwhile: @Sendable () -> Void

    /// `chance` is every random number, `meanwhile` what others do during each wait.
    init(chance: Double = 0.5, meanwhile: @escaping @Sendable () -> Void = {}) {
        self.chance = chance
        self.meanwhile = meanwhile
    }

    /// 2026-01-01 00:00:00 UTC.
    static let date = Date(timeIntervalSince1970: 1_767_225_600)

    var waits: [Duration] { state.withLock { $0.waits } }
    var passed: Duration { state.withLock { $0.passed } }

    var clock: NetworkClock {
        NetworkClock(
            now: { [self] in start + passed },
            date: { [self] in Self.date + passed / .seconds(1) },
            sleep: { [self] duration in
                try Task.checkCancellation()
                state.withLock {
                    $0.passed += duration
                    $0.waits.append(duration)
                }
                meanwhile()
                // Others get their turn, as they would in a real wait.
                await Task.yield()
            },
            random: { [self] in chance }
        )
    }
}

extension NetworkClock {
    /// One on which it is always the same day.
    static func of(
        date: Date = FakeClock.date,
        _ now: @escaping @Sendable () -> ContinuousClock.Instant
    ) -> NetworkClock {
        NetworkClock(
            now: now,
            date: { date },
            sleep: { try await Task.sleep(for: $0) },
            random: { 0.5 }
        )
    }
}
