import CVMFS
import Foundation
import Plumbing
import Synchronization

/// Commits of one repository by this process: while one is made, those that become ready wait, and the next one is made of all
/// of them, in one revision. Databases call it group commit.
///
/// An image is in one revision as a whole, or not at all: where a commit of several fails, each is made alone.
final class CommitQueue: Sendable {
    /// One image on its way.
    struct Request: Sendable {
        let preparation: Preparation
        let cancellation: Cancellation
        /// Makes the image's edits, and throws where that cannot be.
        let apply: @Sendable (Transaction) throws -> Void
    }

    private struct Waiting: Sendable {
        let request: Request
        let asker: CheckedContinuation<CommitOutcome, any Error>
    }

    private struct Requests {
        /// Images on their way, those included that wait for their commit.
        var sessions = 0
        var waiting: [Waiting] = []
        var areCommitted = false
    }

    private let requests = Mutex(Requests())
    /// So many become one revision at most: a failure makes them wait for each other.
    private static let most = 32

    /// While others are on their way, a commit waits for so long, or until half of them are ready: the other half is being
    /// prepared while it is made.
    private static let moment: TimeInterval = 0.15
    private static let look: TimeInterval = 0.005

    /// Runs `body`, at whose end there may be a commit: others that are ready wait a moment for it.
    func withSession<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        requests.withLock { $0.sessions += 1 }
        defer { requests.withLock { $0.sessions -= 1 } }
        return try await body()
    }

    /// Commits with whatever else is ready. Returns the revision that has it. Throws what ``Repository/commit(_:_:_:)`` does.
    func commit(_ request: Request, to repository: Repository, _ context: WriteContext) async throws -> CommitOutcome {
        try await withCheckedThrowingContinuation { asker in
            let isFirst = requests.withLock { requests in
                requests.waiting.append(Waiting(request: request, asker: asker))
                defer { requests.areCommitted = true }
                return !requests.areCommitted
            }
            guard isFirst else { return }
            Task { [self] in
                do {
                    try await onDedicatedThread("commit \(repository.fqrn)") { [self] in
                        while let next = take() { commit(next, to: repository, context) }
                    }
                } catch {
                    // No thread was started.
                    while let next = takeReady() { for waiting in next { waiting.asker.resume(throwing: error) } }
                }
            }
        }
    }

    private func take() -> [Waiting]? {
        let end = ContinuousClock.now + .seconds(Self.moment)
        while requests.withLock({ !$0.waiting.isEmpty && $0.waiting.count < min(($0.sessions + 1) / 2, Self.most) }),
            ContinuousClock.now < end
        {
            Thread.sleep(forTimeInterval: Self.look)
        }
        return takeReady()
    }

    private func takeReady() -> [Waiting]? {
        requests.withLock { requests in
            if requests.waiting.isEmpty {
                requests.areCommitted = false
                return nil
            }
            let next = Array(requests.waiting.prefix(Self.most))
            requests.waiting.removeFirst(next.count)
            return next
        }
    }

    private func commit(_ all: [Waiting], to repository: Repository, _ context: WriteContext) {
        guard all.count > 1 else {
            for waiting in all { commitAlone(waiting, to: repository, context) }
            return
        }
        do {
            var outcomes: [CommitOutcome] = []
            // Who does not want it any more is told so alone, and ends nothing for the others.
            let context = context.stopped { for waiting in all { try waiting.request.cancellation.check() } }
            try repository.commit(all.map { PreparedEdits($0.request.preparation, $0.request.apply) }, context) {
                outcomes.append($0)
            }
            for (waiting, outcome) in zip(all, outcomes) { waiting.asker.resume(returning: outcome) }
        } catch {
            for waiting in all { commitAlone(waiting, to: repository, context) }
        }
    }

    private func commitAlone(_ waiting: Waiting, to repository: Repository, _ context: WriteContext) {
        let request = waiting.request
        waiting.asker.resume(
            with: Result(catching: {
                let context = context.stopped(by: request.cancellation.check)
                return try repository.commit(request.preparation, context, request.apply)
            })
        )
    }
}
