import Logging
import Plumbing
import Registry
package import State

/// Brings many desideratas up to date: looks ahead at many of them at once, and converts what has changed one after another,
/// in their order.
///
/// A registry that hangs holds up only what is wanted of it: a check that takes long loses its turn, and while a conversion
/// waits for bytes that do not come, one of other registries is begun.
package struct ConversionPass: Sendable {
    /// Desideratas that are looked at at the same time.
    package static let lookahead = 32

    /// How long others wait.
    package struct TimeLimits: Sendable {
        /// For a check that is before them.
        package var check = Duration.seconds(2)
        /// For a conversion that waits for the network, and to which nothing comes.
        package var conversion = Duration.seconds(30)

        /// Takes both.
        package init(check: Duration = .seconds(2), conversion: Duration = .seconds(30)) {
            self.check = check
            self.conversion = conversion
        }
    }

    private enum Event: Sendable {
        case checked(Int, UpToDateCheck?)
        case converted(Int, Result<ConversionResult, any Error>)
        /// Time went on.
        case tick
    }

    private let converter: Converter
    private let limits: TimeLimits
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A pass with a converter; `now` is the clock of the limits.
    package init(
        _ converter: Converter,
        limits: TimeLimits = TimeLimits(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.converter = converter
        self.limits = limits
    }

    /// Converts these, and hands over what became of each: in their order where no registry hangs.
    ///
    /// - Parameters:
    ///   - desideratas: what to look at.
    ///   - isDue: whether one is looked at at all; those that are not are left out.
    ///   - began: hears of each that is not up to date once that is certain, from any thread.
    ///   - finished: hears of each that was looked at.
    /// - Throws: `CancellationError`, and what `finished` throws.
    package func run(
        _ desideratas: [Desiderata],
        isDue: @escaping @Sendable (Desiderata) async throws -> Bool = { _ in true },
        began: @escaping @Sendable (Desiderata) -> Void = { _ in },
        finished: (Desiderata, Result<ConversionResult, any Error>) async throws -> Void
    ) async throws {
        defer { FreedMemory.giveBack() }
        try await withThrowingTaskGroup(of: Event.self) { group in
            var schedule = PassSchedule(desideratas, lookahead: Self.lookahead)
            var checks: [Int: ContinuousClock.Instant] = [:]
            var conversions: [Int: NetworkActivity] = [:]
            let health = converter.registry.hostHealth
            defer { group.cancelAll() }
            group.addTask { try await tick() }
            while !schedule.isDone {
                while let number = schedule.nextCheck(isAnswering: health.isAnswering) {
                    let wanted = desideratas[number]
                    checks[number] = now()
                    group.addTask { .checked(number, await check(wanted, isDue)) }
                }
                while let (number, check) = schedule.nextConversion() {
                    let wanted = desideratas[number]
                    let activity = NetworkActivity(now: now)
                    conversions[number] = activity
                    group.addTask {
                        await NetworkActivity.$current.withValue(activity) {
                            .converted(number, await outcome(wanted, check, began))
                        }
                    }
                }
                guard let event = try await group.next() else { return }
                try Task.checkCancellation()
                switch event {
                case .checked(let number, let check):
                    checks[number] = nil
                    schedule.checked(number, check)
                case .converted(let number, let outcome):
                    conversions[number] = nil
                    schedule.finish(number)
                    if case .success(.converted) = outcome { FreedMemory.giveBack() }
                    try await finished(desideratas[number], outcome)
                case .tick:
                    let now = now()
                    for (number, start) in checks where now - start >= limits.check { schedule.overdue(number) }
                    for (number, activity) in conversions {
                        schedule.stalled(number, at: activity.host(idleFor: limits.conversion))
                    }
                    group.addTask { try await tick() }
                }
            }
        }
    }

    /// Often enough for both limits.
    private func tick() async throws -> Event {
        try await Task.sleep(for: min(limits.check, limits.conversion, .seconds(1)) / 2)
        return .tick
    }

    /// Nil for one that is not due.
    private func check(
        _ desiderata: Desiderata,
        _ isDue: @Sendable (Desiderata) async throws -> Bool
    ) async -> UpToDateCheck? {
        do {
            guard try await isDue(desiderata) else { return nil }
        } catch {
            return .failed(error)
        }
        return await converter.check(desiderata)
    }

    private func outcome(
        _ desiderata: Desiderata,
        _ check: UpToDateCheck,
        _ began: @escaping @Sendable (Desiderata) -> Void
    ) async -> Result<ConversionResult, any Error> {
        do {
            return .success(try await converter.convert(desiderata, after: check) { began(desiderata) })
        } catch {
            return .failure(error)
        }
    }
}
