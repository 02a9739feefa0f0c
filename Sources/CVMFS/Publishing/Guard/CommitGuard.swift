/// Keeps other writers away from a repository, and tells those who must hear of a revision.
///
/// One form for each way to share a repository: ``WorkspaceGuard`` among processes of ours, `ServerGuard` with
/// `cvmfs_server` besides. Every call blocks.
package protocol CommitGuard: Sendable {
    /// Whether others collect garbage, so that an object which was there may be gone at the commit.
    var othersCollect: Bool { get }

    /// Throws unless this process may write at all.
    func checkPermission() throws

    /// The hash that others expect the reference log to have; nil where only the manifest says it.
    func reflogChecksum() throws -> ContentHash?

    /// Keeps a garbage collection from beginning as long as the returned value lives; nil where there is none to fear.
    func holdOffCollection(_ context: WriteContext) throws -> (any AnyObject & Sendable)?

    /// Keeps garbage collections of others away, and preparations that cannot bear ours, as long as the returned value lives;
    /// nil where there are none. Throws ``CVMFSError`` `busy`, which names who does not let go.
    func beginCollection(_ context: WriteContext) throws -> (any AnyObject & Sendable)?

    /// Waits until no other writer is at work, and keeps them away as long as the returned value lives. `purpose` is what
    /// those read who have to wait. Throws ``CVMFSError`` `busy`, which names who does not let go.
    func acquire(purpose: String, _ context: WriteContext) throws -> any CommitLock

    /// The same without waiting; nil where another writer is at work.
    func attempt(purpose: String) throws -> (any CommitLock)?
}

/// A repository in the hands of this process, until the value dies.
package protocol CommitLock: AnyObject {
    /// Throws ``CVMFSError`` where the reference log is not the one that was written last.
    func verifyReflog(_ bytes: [UInt8], _ algorithm: HashAlgorithm) throws

    /// Called before the reference log is replaced by one with this hash.
    func willReplaceReflog(by hash: ContentHash) throws

    /// Called after that, and before the manifest.
    func didReplaceReflog(by hash: ContentHash) throws

    /// Called once the manifest that names a new root is published. What fails here does not undo the revision.
    func didPublish(root: ContentHash)
}
