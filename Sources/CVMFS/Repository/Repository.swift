package import Logging
package import SystemPackage

/// A repository that this machine writes: objects are prepared here and published as revisions.
///
/// What is published is read by ``reader``; ``tags`` and ``trust`` change what is said about it. Every call blocks: call
/// from a dedicated thread. Any number of processes may read and prepare at once; they queue for
/// ``commit(_:_:_:)``.
package struct Repository: Sendable {
    /// The same repository as its clients see it.
    package let reader: RepositoryReader
    /// How new objects and revisions are written.
    package var settings: PublishingSettings
    let storage: any ObjectStore
    let workspace: RepositoryWorkspace
    let commitGuard: any CommitGuard

    /// Opens the storage of a repository. What it publishes is verified when it is read, with the master keys that are
    /// named or else with the one in the keys folder. Throws ``CVMFSError`` where there is no such folder, or for what
    /// cannot be a repository's name.
    package init(
        fqrn: String,
        storage: FilePath,
        keys: FilePath,
        settings: PublishingSettings = PublishingSettings(),
        masterKeys: MasterKeys? = nil,
        logger: Logger
    ) throws {
        try RepositoryName.validate(fqrn)
        let store = try LocalObjectStore(root: storage)
        let workspace = RepositoryWorkspace(storage: storage)
        self.init(
            reader: RepositoryReader(fqrn: fqrn, store: store, keys: keys, masterKeys: masterKeys, logger: logger),
            storage: store,
            workspace: workspace,
            guardedBy: WorkspaceGuard(workspace: workspace),
            settings: settings
        )
    }

    /// A repository whose objects lie in any store, with a workspace on this machine, written by processes of ours alone.
    package init(
        reader: RepositoryReader,
        storage: any ObjectStore,
        workspace: RepositoryWorkspace,
        settings: PublishingSettings = PublishingSettings()
    ) {
        self.init(
            reader: reader,
            storage: storage,
            workspace: workspace,
            guardedBy: WorkspaceGuard(workspace: workspace),
            settings: settings
        )
    }

    /// A repository that others may write as well: `guarding` keeps them away.
    package init(
        reader: RepositoryReader,
        storage: any ObjectStore,
        workspace: RepositoryWorkspace,
        guardedBy guarding: any CommitGuard,
        settings: PublishingSettings
    ) {
        self.reader = reader
        self.storage = storage
        self.workspace = workspace
        commitGuard = guarding
        self.settings = settings
    }

    /// The fully qualified name.
    package var fqrn: String { reader.fqrn }

    /// Names for its revisions, and the way back to them.
    package var tags: RepositoryTags { RepositoryTags(repository: self) }

    /// Its keys and its whitelist.
    package var trust: RepositoryTrust { RepositoryTrust(repository: self) }

    /// Where prepared objects become a revision of this repository.
    package var sink: any RevisionSink {
        StorageSink(
            reader: reader,
            storage: storage,
            commitGuard: commitGuard,
            collectsGarbage: settings.collectsGarbage
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

    /// Bytes that may still be written, nil where the place does not tell.
    package func freeBytes() throws -> Int64? { try storage.freeBytes() }

    /// Bytes of these that are better left free.
    package func reservedBytes() throws -> Int64 { try storage.reservedBytes() }
}
