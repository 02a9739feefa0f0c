/// Writes and removes objects. A writer knows them by hash and kind; where they lie is its own affair.
///
/// Calls may come from any thread. Objects are immutable: writing one that is there already changes nothing.
package protocol ObjectWriter: Sendable {
    /// Stores bytes under their hash, which the caller computed, and then calls `completion` with whether the object is new.
    ///
    /// `completion` is called once, on any thread, perhaps before this returns; only then are the bytes given back. A store
    /// at the end of a network can have as many writes under way as there is memory for: the caller bounds that. May block.
    func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    )

    /// Waits until no write is under way and every completion has returned. Nothing may be written meanwhile. Blocks.
    func drain()

    /// Removes an object; fine where it is gone. Blocks.
    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws
}

/// Replaces the few mutable files at the top of a repository, such as `.cvmfspublished`. Every call blocks.
package protocol TopLevelWriter: Sendable {
    /// Replaces a file, or makes it, as a whole and durably: a reader sees the old bytes or the new ones.
    func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws

    /// Gives an object that is there a second name at the top level; fine where something has that name.
    func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws
}
