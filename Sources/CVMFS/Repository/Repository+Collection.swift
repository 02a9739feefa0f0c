extension Repository {
    /// The root catalogs of the reference log, which a garbage collection takes out of it once their objects are gone.
    func loggedRoots() throws -> Set<ContentHash> {
        guard let bytes = try store.readTopLevel(Reflog.fileName) else { return [] }
        return Set(try Reflog(bytes: bytes).references().filter { $0.kind == .catalog }.map(\.hash))
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
