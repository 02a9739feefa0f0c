package import CVMFS
package import Foundation
package import Logging
package import State

/// Prunes repositories and collects their garbage on a schedule, beside the conversions of a loop.
///
/// A repository that cannot be pruned or collected holds up no other and is tried again at the next time. Begun anew, it
/// prunes at once: what happened before is not known.
package struct Housekeeping: Sendable {
    /// When what is done.
    package struct Schedule: Sendable {
        /// Seconds from one pruning to the next; nil for none.
        package var pruning: TimeInterval?
        /// How long something must have been unwanted, in seconds.
        package var grace: TimeInterval
        /// The minute of the day, by the local clock, at which garbage is collected; nil for never.
        package var collectionMinute: Int?
        /// What a collection keeps.
        package var policy: CollectionPolicy

        /// Takes the parts.
        package init(
            pruning: TimeInterval?,
            grace: TimeInterval,
            collectionMinute: Int?,
            policy: CollectionPolicy
        ) {
            self.pruning = pruning
            self.grace = grace
            self.collectionMinute = collectionMinute
            self.policy = policy
        }

        /// When garbage is collected the next time.
        package func nextCollection(after now: Date, calendar: Calendar = .current) -> Date? {
            guard let collectionMinute else { return nil }
            let time = DateComponents(hour: collectionMinute / 60, minute: collectionMinute % 60)
            return calendar.nextDate(after: now, matching: time, matchingPolicy: .nextTime)
        }
    }

    private let schedule: Schedule
    private let state: StateDatabase
    private let publisher: @Sendable (_ fqrn: String) async throws -> any Publisher
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// - Parameters:
    ///   - schedule: when what is done.
    ///   - state: which repositories there are, and what is unwanted.
    ///   - publisher: what writes a repository, by its name.
    ///   - now: the clock.
    ///   - logger: hears of what was removed, and of what could not be.
    package init(
        _ schedule: Schedule,
        state: StateDatabase,
        publisher: @escaping @Sendable (_ fqrn: String) async throws -> any Publisher,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.schedule = schedule
        self.state = state
        self.publisher = publisher
        self.now = now
        self.logger = logger
    }

    /// The clock may be set, and a machine may sleep: it is looked at this often.
    private static let longestSleep = Duration.seconds(60)

    /// Runs until its task is cancelled; returns at once where nothing is scheduled. Throws `CancellationError`.
    package func run() async throws {
        var pruning = schedule.pruning.map { _ in now() }
        var collection = schedule.nextCollection(after: now())
        while let next = [pruning, collection].compactMap({ $0 }).min() {
            while next > now() {
                let left = Duration.seconds(max(0.05, next.timeIntervalSince(now())))
                try await Task.sleep(for: min(left, Self.longestSleep))
            }
            if let due = pruning, due <= now() {
                try await forEachRepository(.pruning, prune)
                pruning = schedule.pruning.map { now() + $0 }
            }
            if let due = collection, due <= now() {
                try await forEachRepository(.collection, collect)
                collection = schedule.nextCollection(after: now())
            }
        }
    }

    private func forEachRepository(
        _ work: HousekeepingWork,
        _ body: (any Publisher) async throws -> Void
    ) async throws {
        let what = work == .pruning ? "pruned" : "collected"
        do {
            for registration in try await state.registrations.repositories() {
                try Task.checkCancellation()
                do {
                    try await body(try await publisher(registration.fqrn))
                    try await state.housekeeping.record(work, of: registration.fqrn, at: now())
                } catch {
                    try Task.checkCancellation()
                    logger.error("\(registration.fqrn) was not \(what): \(error)")
                    try await state.housekeeping.record(work, of: registration.fqrn, trouble: "\(error)", at: now())
                }
            }
        } catch {
            try Task.checkCancellation()
            logger.error("nothing was \(what): \(error)")
        }
    }

    private func prune(_ publisher: any Publisher) async throws {
        let pruning = Pruning(publisher, state: state, grace: schedule.grace, now: now())
        let report = try await pruning.run(dryRun: false)
        for image in report.images { logger.notice("\(publisher.fqrn): removed \(image.source), which is unwanted") }
        guard let revision = report.revision else { return }
        logger.notice(
            "\(publisher.fqrn): pruned in revision \(revision): \(report.images.count) images, \(report.layers.count) layers"
        )
    }

    private func collect(_ publisher: any Publisher) async throws {
        let report = try await publisher.collectGarbage(schedule.policy, dryRun: false) { _ in }
        logger.notice(
            "\(publisher.fqrn): collected \(report.removedObjects) objects of \(report.removedRevisions) old revisions",
            metadata: ["bytes": "\(report.removedBytes)"]
        )
    }
}
