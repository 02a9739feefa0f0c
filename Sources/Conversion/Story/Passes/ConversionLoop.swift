package import CVMFS
import Foundation
package import Logging
import Plumbing
package import State

/// Looks at all desideratas again and again, at each when it is due, until its task is cancelled.
package struct ConversionLoop: Sendable {
    private let state: StateDatabase
    private let pass: ConversionPass
    private let recipes: RecipeRefresh?
    private let housekeeping: Housekeeping?
    private let repository: @Sendable (_ fqrn: String) async throws -> Repository
    private let interval: Duration
    private let context: WriteContext
    private let logger: Logger
    private let finished: @Sendable (Desiderata, Result<ConversionResult, any Error>) async -> Void

    /// Whitelists are renewed when this much is left of their 30 days.
    private static let renewalMargin: TimeInterval = 7 * 86_400

    /// - Parameters:
    ///   - pass: does the work; what is due is read anew from its database for each.
    ///   - recipes: applies recipes again beside the passes, as often; nil for none.
    ///   - housekeeping: prunes and collects garbage beside the passes; nil for none.
    ///   - repository: opens a registered repository by its name.
    ///   - interval: from the end of a pass to the start of the next.
    ///   - context: how long to wait for other writers of a repository, and the clock.
    ///   - logger: hears of what concerns no single desiderata.
    ///   - finished: hears of each desiderata that was tried.
    package init(
        pass: ConversionPass,
        recipes: RecipeRefresh? = nil,
        housekeeping: Housekeeping? = nil,
        repository: @escaping @Sendable (_ fqrn: String) async throws -> Repository,
        interval: Duration,
        context: WriteContext,
        logger: Logger,
        finished: @escaping @Sendable (Desiderata, Result<ConversionResult, any Error>) async -> Void
    ) {
        state = pass.state
        self.pass = pass
        self.recipes = recipes
        self.housekeeping = housekeeping
        self.repository = repository
        self.interval = interval
        self.context = context
        self.logger = logger
        self.finished = finished
    }

    /// Runs until the task is cancelled, and returns then. Throws `StateError.claimed` where a loop owns this database.
    package func run() async throws {
        do {
            try await state.claims.withClaim(on: .loop) {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await passes() }
                    group.addTask { try await followRecipes() }
                    group.addTask { try await housekeeping?.run() }
                    // What does not end by an error has nothing to do.
                    for try await _ in group {}
                }
            }
        } catch is CancellationError {
            return
        } catch {
            if Task.isCancelled { return }
            throw error
        }
    }

    /// One pass after the other. One that waits for nothing but registries that hang goes on beside those that follow, which
    /// leave these registries to it.
    private func passes() async throws {
        let underWay = PassesUnderWay()
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                let (number, isFree) = (underWay.begin(), Latch())
                group.addTask {
                    defer {
                        underWay.end(number)
                        isFree.open()
                    }
                    try await onePass(without: underWay.hosts) { hosts in
                        underWay.hang(number, at: hosts)
                        isFree.open()
                    }
                }
                try await isFree.wait()
                try await Task.sleep(for: interval)
                try await underWay.waitForPlace()
            }
        }
    }

    /// One pass over what is due, but for what has to do with registries that others wait for. A desiderata that fails waits
    /// longer each time and holds up nobody.
    private func onePass(without hanging: Set<String>, hangs: @escaping (Set<String>) -> Void) async throws {
        let desideratas: [Desiderata]
        do {
            desideratas = try await state.wishes.dueDesideratas(at: context.now, pass.polling)
                .filter { PassLane.Registries($0).areFree(of: hanging) }
            try await renewWhitelists(of: try await state.wishes.repositories())
        } catch {
            try Task.checkCancellation()
            logger.error("this pass is skipped", metadata: ["reason": "\(error)"])
            return
        }
        logger.debug("a pass over \(Counted.text(desideratas.count, "desiderata")) begins")
        try await pass.run(desideratas, hangs: hangs, finished: finished)
        try Task.checkCancellation()
    }

    /// Beside the passes: a registry that does not tell its tags holds up no conversion.
    private func followRecipes() async throws {
        try await recipes?.run(every: max(interval, .seconds(1)))
    }

    private func renewWhitelists(of names: Set<String>) async throws {
        for registration in try await state.registrations.repositories() where names.contains(registration.fqrn) {
            do {
                try await renewWhitelist(of: registration.fqrn)
            } catch {
                try Task.checkCancellation()
                logger.warning("\(error)", metadata: ["repository": "\(registration.fqrn)"])
            }
        }
    }

    private func renewWhitelist(of fqrn: String) async throws {
        let repository = try await repository(fqrn)
        let (context, margin) = (context, Self.renewalMargin)
        let outcome = try await onDedicatedThread("whitelist of \(fqrn)") { () -> WhitelistCare in
            let end = try repository.reader.whitelist().end
            guard end.timeIntervalSince(context.now) < margin else { return .fresh }
            guard repository.reader.canResign else { return .ending(end) }
            return .renewed(try repository.trust.resign(context))
        }
        switch outcome {
        case .fresh: break
        case .renewed(let end):
            logger.notice("the whitelist of \(fqrn) was renewed until \(end.formatted(.iso8601))")
        case .ending(let end):
            logger.warning(
                """
                the whitelist of \(fqrn) ends on \(end.formatted(.iso8601)) and the master key is not here: run \
                `wafer repository resign \(fqrn)` where it is
                """
            )
        }
    }

    private enum WhitelistCare {
        case fresh
        case ending(Date)
        case renewed(Date)
    }
}
