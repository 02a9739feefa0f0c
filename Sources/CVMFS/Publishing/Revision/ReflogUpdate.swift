import Plumbing

/// Logs what a new manifest names, in the reference log of a storage (docs/cvmfs-format.md §5.3).
struct ReflogUpdate {
    let fqrn: String
    let storage: any ObjectStore

    /// Replaces the log and returns its hash. `old` is the manifest that the log should belong to, nil for a first
    /// revision; `lock` is told before and after.
    func log(
        _ manifest: RepositoryManifest,
        after old: RepositoryManifest?,
        _ lock: (any CommitLock)? = nil
    ) throws -> ContentHash {
        let reflog = try current(after: old)
        let logged: [(ContentHash?, ObjectKind)] = [
            (manifest.root.hash, .catalog), (manifest.certificate, .certificate), (manifest.history, .history),
            (manifest.metainfo, .metainfo),
        ]
        for case (let hash?, let kind) in logged where try !reflog.contains(hash, kind) {
            try reflog.insert(hash, kind, timestamp: manifest.published)
        }
        return try replace(by: reflog, manifest.root.hash.algorithm, lock)
    }

    /// Takes objects out of the log, and replaces it. Returns its hash. `published` is the manifest it belongs to.
    func remove(
        _ hashes: [ContentHash],
        after published: RepositoryManifest,
        _ lock: any CommitLock
    ) throws -> ContentHash {
        let reflog = try current(after: published)
        for hash in hashes { try reflog.remove(hash) }
        return try replace(by: reflog, published.root.hash.algorithm, lock)
    }

    private func current(after old: RepositoryManifest?) throws -> Reflog {
        let bytes = try storage.readTopLevel(Reflog.fileName)
        let reflog = try bytes.map { try Reflog(bytes: $0) } ?? Reflog(fqrn: fqrn)
        guard reflog.fqrn == fqrn else {
            throw CVMFSError(.corrupt, "the reference log is that of \(Printable.text(reflog.fqrn)), not of \(fqrn)")
        }
        // A log that is ahead of its manifest is what a crash between the two left: objects that are gone since leave it.
        if let bytes, let old, try old.reflog != ContentHash(old.root.hash.algorithm, of: bytes) {
            try removeMissing(from: reflog)
        }
        return reflog
    }

    private func replace(
        by reflog: Reflog,
        _ algorithm: HashAlgorithm,
        _ lock: (any CommitLock)?
    ) throws -> ContentHash {
        let updated = try reflog.serialize()
        let hash = try ContentHash(algorithm, of: updated)
        try lock?.willReplaceReflog(by: hash)
        try storage.replaceTopLevel(Reflog.fileName, with: updated)
        try lock?.didReplaceReflog(by: hash)
        return hash
    }

    private func removeMissing(from reflog: Reflog) throws {
        for reference in try reflog.references() where try storage.size(of: reference.hash, reference.kind) == nil {
            try reflog.remove(reference.hash)
        }
    }
}
