/// The guard of a repository that is only read: every wish to write it is refused.
package struct ReadingGuard: CommitGuard {
    /// Why, and who writes it.
    let reason: String

    /// Says `reason` to whoever wants to write.
    package init(reason: String) {
        self.reason = reason
    }

    package var othersCollect: Bool { false }

    package func checkPermission() throws { throw refusal }

    package func reflogChecksum() -> ContentHash? { nil }

    package func holdOffCollection(timeout: Duration, checkCancelled: () throws -> Void) throws -> (
        any AnyObject & Sendable
    )? {
        throw refusal
    }

    package func acquire(timeout: Duration, purpose: String, checkCancelled: () throws -> Void) throws -> any CommitHold
    {
        throw refusal
    }

    package func attempt(purpose: String) throws -> (any CommitHold)? { throw refusal }

    private var refusal: CVMFSError { CVMFSError(.refused, reason) }
}
