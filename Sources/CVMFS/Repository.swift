package import Foundation
package import Logging
package import Plumbing
package import SystemPackage

/// A native repository: a storage directory, its keys, and the workspace beside it.
///
/// Every call blocks: call from a dedicated thread. Any number of processes may read and prepare at once; they queue
/// for ``commit(_:lockTimeout:now:checkCancelled:_:)``.
package struct Repository: Sendable {
    /// The fully qualified name.
    package let fqrn: String
    /// Where the objects lie.
    package let store: any ObjectStore
    /// Where the keys lie, never inside the storage.
    package let keys: KeyFolder
    let workspace: RepositoryWorkspace
    let policy: CompressionPolicy
    let logger: Logger

    /// Opens the storage of a repository. What it publishes is verified by ``published()``.
    package init(
        fqrn: String,
        storage: FilePath,
        keys: FilePath,
        policy: CompressionPolicy = .balanced,
        logger: Logger
    ) throws {
        try self.init(
            fqrn: fqrn,
            store: LocalObjectStore(root: storage),
            workspace: RepositoryWorkspace(storage: storage),
            keys: keys,
            policy: policy,
            logger: logger
        )
    }

    /// A repository whose objects lie in any store, with a workspace on this machine.
    package init(
        fqrn: String,
        store: any ObjectStore,
        workspace: RepositoryWorkspace,
        keys: FilePath,
        policy: CompressionPolicy = .balanced,
        logger: Logger
    ) throws {
        try RepositoryName.validate(fqrn)
        self.fqrn = fqrn
        self.store = store
        self.keys = KeyFolder(root: keys, fqrn: fqrn)
        self.workspace = workspace
        self.policy = policy
        self.logger = logger
    }

    /// What is published now, verified: the manifest by its certificate, the certificate by the whitelist, the whitelist
    /// by the master key (docs/cvmfs-format.md §2.4). An expired whitelist still reads.
    package func published() throws -> PublishedState {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else {
            throw CVMFSError(.notFound, "\(store.location) holds no repository: it has no .cvmfspublished")
        }
        let signed = try RepositoryManifest.parse(bytes)
        let manifest = signed.manifest
        guard manifest.fqrn == fqrn else {
            throw CVMFSError(
                .notTrusted,
                "\(store.location) holds the repository \(Printable.text(manifest.fqrn)), not \(fqrn)"
            )
        }
        guard let hash = manifest.certificate else {
            throw CVMFSError(.notTrusted, "the manifest of \(fqrn) names no certificate")
        }
        let certificate = try Certificate(pem: try store.loadInflated(hash, .certificate, limit: 1 << 20))
        try signed.verify(certificate: certificate)
        let whitelist = try whitelist()
        guard try whitelist.allows(certificate) else {
            throw CVMFSError(.notTrusted, "the whitelist of \(fqrn) does not list the certificate of its manifest")
        }
        return PublishedState(manifest: manifest, certificate: certificate, whitelist: whitelist)
    }

    /// The whitelist, its signature verified.
    package func whitelist() throws -> Whitelist {
        guard let bytes = try store.readTopLevel(Whitelist.fileName) else {
            throw CVMFSError(.notTrusted, "\(store.location) has no \(Whitelist.fileName)")
        }
        let whitelist = try Whitelist(bytes)
        guard whitelist.fqrn == fqrn else {
            throw CVMFSError(.notTrusted, "the whitelist is that of \(Printable.text(whitelist.fqrn)), not of \(fqrn)")
        }
        try whitelist.verify(masterKeys: [try PublicKey(file: keys.publicKey)])
        return whitelist
    }

    /// The catalogs of the published revision.
    package func tree() throws -> CatalogTree {
        try CatalogTree(store: store, root: try published().manifest.root)
    }

    /// Begins to prepare objects, after cleaning up behind processes that are gone. Waits up to `lockTimeout` for another
    /// process that does the same. Files that are large enough are cut as `chunking` says.
    package func prepare(
        lockTimeout: Duration,
        now: Date,
        chunking: ChunkingStrategy = .contentDefined,
        checkCancelled: () throws -> Void = {}
    ) throws -> Preparation {
        try workspace.create()
        let lock = try FileLock.acquire(
            workspace.journalLock,
            timeout: lockTimeout,
            purpose: "beginning to prepare",
            checkCancelled: checkCancelled
        )
        return try withExtendedLifetime(lock) {
            try JournalRecovery(workspace: workspace, store: store, logger: logger).run { try publishedMark() }
            let root = try published().manifest.root.hash
            let journal = try Journal.begin(in: workspace, published: try publishedMark(), now: now)
            return Preparation(
                store: try store.preparing(as: journal.label),
                index: try ContentIndex(at: workspace.contentIndex, logger: logger),
                journal: journal,
                algorithm: root.algorithm,
                policy: policy,
                chunking: chunking
            )
        }
    }

    /// Tells published states apart: the SHA-256 of the manifest's file, empty where there is none. The root alone would
    /// not do, since tags change without it.
    private func publishedMark() throws -> String {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else { return "" }
        return Hex.encode(try MessageDigest.hash(.sha256, bytes))
    }
}
