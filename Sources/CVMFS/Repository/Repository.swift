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
    /// Where what is published is read.
    package let store: any ObjectReader
    /// The same place to write; nil where it is only read.
    private let storage: (any ObjectStore)?
    /// Where the keys lie, never inside the storage.
    package let keys: KeyFolder
    let workspace: RepositoryWorkspace
    let commitGuard: any CommitGuard
    let policy: CompressionPolicy
    /// How it is written otherwise.
    package var settings: PublishingSettings
    private let trusted: MasterKeys
    let logger: Logger

    /// Opens the storage of a repository. What it publishes is verified by ``published()``, with the master keys that are
    /// named or else with the one in the keys folder.
    package init(
        fqrn: String,
        storage: FilePath,
        keys: FilePath,
        policy: CompressionPolicy = .balanced,
        chunking: ChunkingStrategy = .contentDefined,
        limits: CatalogLimits = .standard,
        masterKeys: MasterKeys? = nil,
        autoTags: AutoTags? = nil,
        logger: Logger
    ) throws {
        try self.init(
            fqrn: fqrn,
            store: LocalObjectStore(root: storage),
            workspace: RepositoryWorkspace(storage: storage),
            keys: keys,
            policy: policy,
            chunking: chunking,
            limits: limits,
            masterKeys: masterKeys,
            autoTags: autoTags,
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
        chunking: ChunkingStrategy = .contentDefined,
        limits: CatalogLimits = .standard,
        masterKeys: MasterKeys? = nil,
        autoTags: AutoTags? = nil,
        logger: Logger
    ) throws {
        try RepositoryName.validate(fqrn)
        self.init(
            fqrn: fqrn,
            store: store,
            storage: store,
            keys: KeyFolder(root: keys, fqrn: fqrn),
            workspace: workspace,
            commitGuard: WorkspaceGuard(workspace: workspace),
            policy: policy,
            settings: PublishingSettings(chunking: chunking, limits: limits, autoTags: autoTags),
            masterKeys: masterKeys,
            logger: logger
        )
    }

    /// A repository that others write as well, or that is only read: `guard` says how it is written.
    package init(
        fqrn: String,
        store: any ObjectReader,
        storage: (any ObjectStore)?,
        keys: FilePath,
        workspace: RepositoryWorkspace,
        guardedBy guarding: any CommitGuard,
        policy: CompressionPolicy,
        settings: PublishingSettings,
        logger: Logger
    ) {
        self.init(
            fqrn: fqrn,
            store: store,
            storage: storage,
            keys: KeyFolder(root: keys, fqrn: fqrn),
            workspace: workspace,
            commitGuard: guarding,
            policy: policy,
            settings: settings,
            masterKeys: nil,
            logger: logger
        )
    }

    private init(
        fqrn: String,
        store: any ObjectReader,
        storage: (any ObjectStore)?,
        keys: KeyFolder,
        workspace: RepositoryWorkspace,
        commitGuard: any CommitGuard,
        policy: CompressionPolicy,
        settings: PublishingSettings,
        masterKeys: MasterKeys? = nil,
        logger: Logger
    ) {
        self.fqrn = fqrn
        self.store = store
        self.storage = storage
        self.keys = keys
        self.workspace = workspace
        self.commitGuard = commitGuard
        self.policy = policy
        self.settings = settings
        trusted = masterKeys ?? MasterKeys(paths: [keys.publicKey])
        self.logger = logger
    }

    /// The storage to write to. Throws ``CVMFSError`` `refused` where this process may only read.
    func writableStorage() throws -> any ObjectStore {
        guard let storage else { throw CVMFSError(.refused, "\(fqrn) is only read at \(store.location)") }
        return storage
    }

    /// Bytes that may still be written, nil where the place does not tell or is only read. Blocks.
    package func freeBytes() throws -> Int64? { try storage?.freeBytes() }

    /// How large files are cut, unless a preparation says otherwise.
    package var chunking: ChunkingStrategy {
        get { settings.chunking }
        set { settings.chunking = newValue }
    }

    /// How many entries the catalogs of a subtree shall have.
    package var limits: CatalogLimits {
        get { settings.limits }
        set { settings.limits = newValue }
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
        try blacklist().check(certificate, fqrn: fqrn, revision: manifest.revision)
        return PublishedState(manifest: manifest, certificate: certificate, whitelist: whitelist)
    }

    /// The public keys of which one must have signed the whitelist.
    package func masterKeys() throws -> [PublicKey] { try trusted.load() }

    /// What is not trusted whatever the whitelist says: the file `blacklist` in the keys folder.
    package func blacklist() throws -> Blacklist { try Blacklist(file: keys.blacklist) }

    /// The whitelist, its signature verified.
    package func whitelist() throws -> Whitelist {
        guard let bytes = try store.readTopLevel(Whitelist.fileName) else {
            throw CVMFSError(.notTrusted, "\(store.location) has no \(Whitelist.fileName)")
        }
        return try verifiedWhitelist(bytes)
    }

    /// A whitelist of this repository from its bytes, its signature verified.
    func verifiedWhitelist(_ bytes: [UInt8]) throws -> Whitelist {
        let whitelist = try Whitelist(bytes)
        guard whitelist.fqrn == fqrn else {
            throw CVMFSError(.notTrusted, "the whitelist is that of \(Printable.text(whitelist.fqrn)), not of \(fqrn)")
        }
        try whitelist.verify(masterKeys: try masterKeys())
        return whitelist
    }

    /// The catalogs of the published revision, of which `capacity` stay loaded.
    package func tree(keeping capacity: Int = 0) throws -> CatalogTree {
        try CatalogTree(store: store, root: try published().manifest.root, keeping: capacity)
    }

    /// Begins to prepare objects, after cleaning up behind processes that are gone. Waits up to `lockTimeout` for another
    /// process that does the same, or collects garbage. Files that are large enough are cut as `chunking` says, which is
    /// the repository's own way where nothing is said. Throws ``CVMFSError`` for a repository whose hash function is only
    /// read.
    package func prepare(
        lockTimeout: Duration,
        now: Date,
        chunking: ChunkingStrategy? = nil,
        checkCancelled: () throws -> Void = {}
    ) throws -> Preparation {
        try commitGuard.checkPermission()
        let storage = try writableStorage()
        let workspace = try workspace.open()
        let collection = try commitGuard.holdOffCollection(timeout: lockTimeout, checkCancelled: checkCancelled)
        let lock = try FileLock.acquire(
            workspace.journalLock,
            timeout: lockTimeout,
            purpose: "beginning to prepare",
            checkCancelled: checkCancelled
        )
        return try withExtendedLifetime(lock) {
            let recovery = JournalRecovery(
                workspace: workspace,
                store: storage,
                commitGuard: commitGuard,
                logger: logger
            )
            try recovery.run { try publishedMark() }
            let mark = try publishedMark()
            let reliance =
                commitGuard.othersCollect ? Journal.Reliance(hold: collection, loggedRoots: try loggedRoots()) : nil
            let root = try published().manifest.root.hash
            try Self.refuseUnwritable(root.algorithm, of: fqrn)
            let journal = try Journal.begin(in: workspace, published: mark, reliance: reliance, now: now)
            return try Preparation(
                ObjectWriting(
                    reader: storage,
                    writer: try storage.writer(labelled: journal.label, announce: journal.note),
                    staging: storage,
                    index: try ContentIndex(at: workspace.contentIndex, logger: logger),
                    journal: journal,
                    algorithm: root.algorithm,
                    policy: policy,
                    chunking: chunking ?? self.chunking
                )
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

extension Repository {
    /// Throws ``CVMFSError`` for a hash function that is only read.
    static func refuseUnwritable(_ algorithm: HashAlgorithm, of fqrn: String) throws {
        guard algorithm != .ripemd160 else {
            throw CVMFSError(
                .refused,
                "\(fqrn) names its objects by RIPEMD-160, which Wafer only reads: it writes SHA-1 and SHAKE-128"
            )
        }
    }
}
