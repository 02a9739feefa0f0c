import Foundation
import Logging
import Plumbing
import Registry
package import State

/// Brings many desideratas up to date: looks ahead at many of them at once, and converts what has changed, several images at
/// the same time.
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
        case checked(Int, UpToDateCheck)
        case converted(Int, Result<ConversionResult, any Error>)
        /// Time went on.
        case tick
    }

    private let converter: Converter
    /// What is wanted and what was done.
    var state: StateDatabase { converter.state }
    private let jobs: Int
    private let limits: TimeLimits
    /// When each is to be looked at again.
    let polling: LookPolicy
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A pass with a converter.
    ///
    /// - Parameters:
    ///   - converter: does the work.
    ///   - jobs: how many images are converted at the same time.
    ///   - limits: how long others wait.
    ///   - polling: when each is to be looked at again.
    ///   - now: the clock of the limits.
    package init(
        _ converter: Converter,
        jobs: Int = 1,
        limits: TimeLimits = TimeLimits(),
        polling: LookPolicy = .standard,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.converter = converter
        self.jobs = max(jobs, 1)
        self.limits = limits
        self.polling = polling
    }

    /// Converts these, and hands over what became of each as soon as that is certain.
    ///
    /// - Parameters:
    ///   - desideratas: what to look at.
    ///   - began: hears of each that is not up to date once that is certain, from any thread.
    ///   - hangs: hears of the registries that all waits for which is left, where nothing else can be done meanwhile.
    ///   - finished: hears of each.
    /// - Throws: `CancellationError`, what `finished` throws, and `StateError` where the database cannot keep when each is to
    ///   be looked at again.
    package func run(
        _ desideratas: [Desiderata],
        began: @escaping @Sendable (Desiderata) -> Void = { _ in },
        hangs: (Set<String>) -> Void = { _ in },
        finished: (Desiderata, Result<ConversionResult, any Error>) async throws -> Void
    ) async throws {
        defer { FreedMemory.giveBack() }
        var looks = Looks(converter.state.wishes, polling, now: converter.now)
        do {
            try await run(desideratas, &looks, began, hangs, finished)
        } catch {
            // What was seen is not asked again; the first error is the one to tell.
            try? await looks.flush()
            throw error
        }
        try await looks.flush()
    }

    private func run(
        _ desideratas: [Desiderata],
        _ looks: inout Looks,
        _ began: @escaping @Sendable (Desiderata) -> Void,
        _ hangs: (Set<String>) -> Void,
        _ finished: (Desiderata, Result<ConversionResult, any Error>) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var schedule = PassSchedule(
                desideratas,
                recipes: try await state.recipes.owners(),
                lookahead: Self.lookahead,
                jobs: jobs
            )
            var standings = Standings(converter.state.history, desideratas)
            var sizes: [Int: Int64] = [:]
            var checks: [Int: ContinuousClock.Instant] = [:]
            var conversions: [Int: NetworkActivity] = [:]
            let health = converter.registry.hostHealth
            defer { group.cancelAll() }
            group.addTask { try await tick() }
            while !schedule.isDone {
                while let number = schedule.nextCheck(isAnswering: health.isAnswering) {
                    let wanted = desideratas[number]
                    let standing = await result { try await standings.take(number) }
                    if case .success(let known?) = standing, let last = known.lastPublished {
                        sizes[number] = last.traffic.bytesNew + last.traffic.bytesKnown
                    }
                    checks[number] = now()
                    group.addTask { .checked(number, await check(wanted, standing)) }
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
                if let hosts = schedule.hanging { hangs(hosts) }
                guard let event = try await group.next() else { return }
                try Task.checkCancellation()
                switch event {
                case .checked(let number, .upToDate(let revision)):
                    checks[number] = nil
                    sizes[number] = nil
                    schedule.finish(number)
                    try await looks.add(desideratas[number])
                    try await finished(desideratas[number], .success(.upToDate(revision: revision)))
                case .checked(let number, let check):
                    checks[number] = nil
                    schedule.checked(number, check, size: sizes.removeValue(forKey: number))
                case .converted(let number, let outcome):
                    conversions[number] = nil
                    schedule.finish(number)
                    if case .success = outcome { try await looks.add(desideratas[number]) }
                    if case .success(.converted) = outcome { FreedMemory.giveBackNowAndThen() }
                    try await finished(desideratas[number], outcome)
                case .tick:
                    let now = now()
                    for (number, start) in checks where now - start >= limits.check { schedule.overdue(number) }
                    for (number, activity) in conversions {
                        schedule.stalled(number, at: activity.host(idleFor: limits.conversion))
                    }
                    try await looks.flushIfOld()
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

    private func check(
        _ desiderata: Desiderata,
        _ standing: Result<ConversionHistory.Standing?, any Error>
    ) async -> UpToDateCheck {
        switch standing {
        case .success(let known?): await converter.check(desiderata, known)
        // It is gone: the conversion says so.
        case .success(nil): .changed
        case .failure(let error): .failed(error)
        }
    }

    private func outcome(
        _ desiderata: Desiderata,
        _ check: UpToDateCheck,
        _ began: @escaping @Sendable (Desiderata) -> Void
    ) async -> Result<ConversionResult, any Error> {
        await result { try await converter.convert(desiderata, after: check) { began(desiderata) } }
    }

    private func result<Value>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
