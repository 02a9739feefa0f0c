/// A revision that is being made in a storage (docs/cvmfs-format.md §12).
final class StorageRevision: OpenRevision {
    let base: PublishedState
    let time: Int64
    private let sink: StorageSink
    private let preparation: Preparation
    private let signer: Signer
    private let lock: any CommitLock
    private var submitted: RepositoryManifest?

    init(
        base: PublishedState,
        time: Int64,
        sink: StorageSink,
        preparation: Preparation,
        signer: Signer,
        lock: any CommitLock
    ) {
        self.base = base
        self.time = time
        self.sink = sink
        self.preparation = preparation
        self.signer = signer
        self.lock = lock
    }

    private var fqrn: String { sink.reader.fqrn }

    func submit(_ manifest: RepositoryManifest, _ tags: History) throws {
        var manifest = manifest
        manifest.published = time
        if sink.collectsGarbage { manifest.isGarbageCollectable = true }
        try tags.setPreviousRevision(base.manifest.history)
        manifest.history = try preparation.storeInflatable(try tags.serialize(), .history)
        manifest.certificate = try preparation.storeInflatable(signer.certificate.pem, .certificate)
        if manifest.metainfo == nil {
            manifest.metainfo = try preparation.storeInflatable(Metainfo.empty, .metainfo)
        }
        // One sync for all objects: the manifest must not reach the disk before them.
        try preparation.synchronize()
        submitted = manifest
    }

    func publish() throws -> RepositoryManifest {
        guard var manifest = submitted else {
            throw CVMFSError(.refused, "no revision of \(fqrn) was submitted: nothing was published")
        }
        submitted = nil
        manifest.reflog = try ReflogUpdate(fqrn: fqrn, storage: sink.storage).log(manifest, after: base.manifest, lock)
        try replaceManifest(by: manifest)
        if manifest.root.hash != base.manifest.root.hash { lock.didPublish(root: manifest.root.hash) }
        return manifest
    }

    /// Replaces the manifest, unless somebody without our lock did so meanwhile.
    private func replaceManifest(by manifest: RepositoryManifest) throws {
        guard let current = try sink.storage.readTopLevel(RepositoryManifest.fileName),
            try RepositoryManifest.parse(current).manifest == base.manifest
        else {
            throw CVMFSError(
                .busy,
                "another program published \(fqrn) during the commit: nothing was changed, run the command again"
            )
        }
        try provideAlternativePaths(manifest)
        try sink.storage.replaceTopLevel(
            RepositoryManifest.fileName,
            with: try manifest.serialize(signedBy: signer.key)
        )
    }

    /// Gives root catalog and certificate their second names where the manifest promises them: clients of a repository
    /// with restricted access fetch these two without the rights to read `data` (docs/cvmfs-format.md §1.3, §2.1).
    private func provideAlternativePaths(_ manifest: RepositoryManifest) throws {
        for (hash, kind) in manifest.alternativePaths {
            let name = RepositoryManifest.alternativePath(hash, kind)
            if try sink.storage.readTopLevel(name) == nil { try sink.storage.linkTopLevel(name, to: hash, kind) }
        }
    }
}
