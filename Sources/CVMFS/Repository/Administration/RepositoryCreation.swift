package import Foundation
import Glibc
package import Logging
import Plumbing
package import SystemPackage

/// A repository that is to be made: keys, certificate, whitelist and a first revision that is empty
/// (docs/cvmfs-format.md §3.12).
package struct RepositoryCreation: Sendable {
    let fqrn: String
    let storage: FilePath
    let keys: KeyFolder
    private let algorithm: HashAlgorithm
    private let settings: PublishingSettings

    /// What to make, and where: the folders need not be there. `algorithm` names its objects.
    package init(
        fqrn: String,
        storage: FilePath,
        keys: FilePath,
        algorithm: HashAlgorithm = .sha1,
        settings: PublishingSettings = PublishingSettings()
    ) {
        self.fqrn = fqrn
        self.storage = storage
        self.keys = KeyFolder(root: keys, fqrn: fqrn)
        self.algorithm = algorithm
        self.settings = settings
    }

    /// Makes it, dated `now`. Blocks.
    ///
    /// Throws ``CVMFSError`` `refused`, changing nothing, where the storage is not empty, where keys of this name exist,
    /// or where the keys would lie inside the storage, which is served to everybody.
    package func run(now: Date, logger: Logger) throws -> Repository {
        try RepositoryName.validate(fqrn)
        try algorithm.requireWritable(in: fqrn)
        try refuseExisting()
        let isNewStorage = try Self.createFolder(storage, permissions: 0o755)
        let isNewFolder = try Self.createFolder(keys.root, permissions: 0o700)
        do {
            try refuseKeysInside()
        } catch {
            if isNewFolder { rmdir(keys.root.string) }
            if isNewStorage { rmdir(storage.string) }
            throw error
        }
        let keyRing = try KeyRing.generate(fqrn: fqrn, validity: RepositoryTrust.certificateValidity, now: now)
        let repository = try Repository(
            fqrn: fqrn,
            storage: storage,
            keys: keys.root,
            settings: settings,
            logger: logger
        )
        let store = repository.storage
        try store.createSkeleton()
        let manifest = try writeFirstRevision(keyRing, into: store, now: now)
        try repository.trust.writeWhitelist(
            fingerprints: [try keyRing.certificate.fingerprint(algorithm)],
            masterKey: keyRing.masterKey,
            now: now
        )
        try keyRing.write(to: keys)
        // The one line stock writes: some object stores do not take empty files (docs/cvmfs-format.md §1.3).
        let replica = Array("This file marks the repository as the master copy for replication.\n".utf8)
        try store.replaceTopLevel(".cvmfs_master_replica", with: replica)
        let bytes = try manifest.serialize(signedBy: keyRing.key)
        try store.replaceTopLevel(RepositoryManifest.fileName, with: bytes)
        return repository
    }

    private func writeFirstRevision(
        _ keyRing: KeyRing,
        into store: any ObjectStore,
        now: Date
    ) throws -> RepositoryManifest {
        let time = Int64(now.timeIntervalSince1970)
        let compressor = try ZlibCompressor(settings.compression)
        func put(_ content: [UInt8], _ kind: ObjectKind) throws -> ContentHash {
            try store.store(content, kind, algorithm: algorithm, compressor: compressor)
        }
        let bytes = try Self.emptyCatalog(time, algorithm)
        let root = CatalogReference(hash: try put(bytes, .catalog), size: Int64(bytes.count))
        var manifest = RepositoryManifest(
            fqrn: fqrn,
            root: root,
            revision: 1,
            published: time,
            isGarbageCollectable: true
        )
        let history = try History(fqrn: fqrn)
        try history.moveTrunk(to: root, revision: 1, timestamp: time)
        manifest.history = try put(try history.serialize(), .history)
        manifest.certificate = try put(keyRing.certificate.pem, .certificate)
        manifest.metainfo = try put(Metainfo.empty, .metainfo)
        try store.synchronize()
        manifest.reflog = try ReflogUpdate(fqrn: fqrn, storage: store).log(manifest, after: nil)
        return manifest
    }

    private static func emptyCatalog(_ time: Int64, _ algorithm: HashAlgorithm) throws -> [UInt8] {
        let catalog = try Catalog(rootPrefix: BytePath())
        let row = CatalogEntry.directory([], modified: time)
        try catalog.put(row, at: BytePath())
        var counters = Counters()
        counters.count(row, chunks: 0)
        try catalog.setCounters(own: counters, subtree: Counters())
        try catalog.stamp(revision: 1, previous: nil, modified: time, algorithm: algorithm)
        try catalog.setProperty("TTL", "240")
        return try catalog.serialize()
    }
}
