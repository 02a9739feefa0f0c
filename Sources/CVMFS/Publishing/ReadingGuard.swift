/// The guard of a repository that is only read: every wish to write it is refused.
struct ReadingGuard: CommitGuard {
    /// Why, and who writes it.
    let reason: String

    var othersCollect: Bool { false }

    func checkPermission() throws { throw refusal }

    func reflogChecksum() -> ContentHash? { nil }

    func holdOffCollection(timeout: Duration, checkCancelled: () throws -> Void) throws -> (any AnyObject & Sendable)? {
        throw refusal
    }

    func acquire(timeout: Duration, purpose: String, checkCancelled: () throws -> Void) throws -> any CommitHold {
        throw refusal
    }

    func attempt(purpose: String) throws -> (any CommitHold)? { throw refusal }

    private var refusal: CVMFSError { CVMFSError(.refused, reason) }
}
