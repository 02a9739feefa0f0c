/// Where prepared objects become a revision: a storage on this machine; a gateway later.
///
/// Three steps. ``begin(_:purpose:_:)`` names the revision to go on from and keeps other writers away;
/// ``OpenRevision/submit(_:_:)`` hands over what the new one names; ``OpenRevision/publish()`` makes that visible, as a
/// whole. Every call blocks.
package protocol RevisionSink: Sendable {
    /// Waits until nobody else makes a revision.
    ///
    /// `purpose` is what others read who have to wait for this one. Throws ``CVMFSError`` `busy`, naming the other writer,
    /// and where what the preparation relied on may be gone; `notTrusted` where a revision could not be signed now; and
    /// what the context's wish to stop throws.
    func begin(_ preparation: Preparation, purpose: String, _ context: WriteContext) throws -> any OpenRevision

    /// Throws ``CVMFSError`` `busy` where what a preparation relied on may be gone; for more of them than the one that a
    /// revision was begun with.
    func verify(_ preparation: Preparation) throws
}

/// A revision that is being made. Nobody else makes one while this lives, and what is published stays as it was unless
/// ``publish()`` returns or fails in its last step. Belongs to one thread at a time.
package protocol OpenRevision: AnyObject {
    /// What is published, and what the new revision goes on from; every signature is verified.
    var base: PublishedState { get }

    /// The new revision's time in seconds since 1970: never before that of ``base``, since clients refuse what is older
    /// than what they know.
    var time: Int64 { get }

    /// Hands over a new manifest and its tags. All objects that they lead to are where clients will look for them, safe
    /// from a power failure, when this returns.
    func submit(_ manifest: RepositoryManifest, _ tags: History) throws

    /// Publishes what was submitted last, and returns the manifest as it is published. Throws ``CVMFSError`` `busy` where
    /// another program published meanwhile, and `refused` where nothing was submitted.
    func publish() throws -> RepositoryManifest
}
