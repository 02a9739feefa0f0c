extension Repository {
    /// Throws ``CVMFSError`` where the reference log was changed by nobody who may.
    func verifyReflog(_ manifest: RepositoryManifest, _ hold: any CommitHold) throws {
        guard let bytes = try store.readTopLevel(Reflog.fileName) else { return }
        try hold.verifyReflog(bytes, manifest.root.hash.algorithm)
    }

    /// The root catalogs of the reference log, which a garbage collection takes out of it once their objects are gone.
    func loggedRoots() throws -> Set<ContentHash> {
        guard let bytes = try store.readTopLevel(Reflog.fileName) else { return [] }
        return Set(try Reflog(bytes: bytes).references().filter { $0.kind == .catalog }.map(\.hash))
    }

    /// Throws ``CVMFSError`` `busy` where a garbage collection ran since the preparation began: an object that was there
    /// then, and so was not stored, may be gone (docs/cvmfs-format.md §8). The next attempt stores it.
    func checkNothingCollected(since preparation: Preparation) throws {
        guard let before = preparation.journal.reliance?.loggedRoots, !before.isSubset(of: try loggedRoots()) else {
            return
        }
        throw CVMFSError(
            .busy,
            "cvmfs_server collected garbage in \(fqrn) meanwhile, and may have removed what this relies on: nothing was "
                + "published, run the command again"
        )
    }

    /// Throws ``CVMFSError`` where this user may not publish.
    package func checkPermission() throws {
        try commitGuard.checkPermission()
    }

    /// The hash that the reference log must have; nil where only the manifest says it.
    package func reflogChecksum() throws -> ContentHash? {
        try commitGuard.reflogChecksum()
    }
}
