package import Foundation
import Glibc
package import Logging
package import Plumbing
package import SystemPackage

extension Repository {
    /// How long a whitelist lasts, as with the stock tools, and a certificate, which no client looks at.
    package static let whitelistValidity: TimeInterval = 30 * 86_400
    static let certificateValidity: TimeInterval = 365 * 86_400

    /// Makes a new repository: keys, certificate, whitelist and a first revision that is empty
    /// (docs/cvmfs-format.md §3.12).
    ///
    /// Throws ``CVMFSError`` `refused`, changing nothing, where the storage is not empty, where keys of this name exist,
    /// or where the keys would lie inside the storage, which is served to everybody.
    package static func create(
        fqrn: String,
        storage: FilePath,
        keys root: FilePath,
        algorithm: HashAlgorithm = .sha1,
        policy: CompressionPolicy = .balanced,
        chunking: ChunkingStrategy = .contentDefined,
        limits: CatalogLimits = .standard,
        now: Date,
        logger: Logger
    ) throws -> Repository {
        try RepositoryName.validate(fqrn)
        try refuseUnwritable(algorithm, of: fqrn)
        let keys = KeyFolder(root: root, fqrn: fqrn)
        try refuseExisting(storage: storage, keys: keys)
        let isNewStorage = try createFolder(storage, permissions: 0o755)
        let isNewFolder = try createFolder(root, permissions: 0o700)
        do {
            try refuseKeysInside(storage: storage, keys: root)
        } catch {
            if isNewFolder { rmdir(root.string) }
            if isNewStorage { rmdir(storage.string) }
            throw error
        }
        let keyRing = try KeyRing.generate(fqrn: fqrn, validity: certificateValidity, now: now)
        let store = try LocalObjectStore(root: storage)
        try store.createSkeleton()
        let repository = try Repository(
            fqrn: fqrn,
            storage: storage,
            keys: root,
            policy: policy,
            chunking: chunking,
            limits: limits,
            logger: logger
        )
        let manifest = try repository.writeFirstRevision(keyRing, algorithm: algorithm, now: now)
        try repository.writeWhitelist(
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
        algorithm: HashAlgorithm,
        now: Date
    ) throws -> RepositoryManifest {
        let time = Int64(now.timeIntervalSince1970)
        let compressor = try ZlibCompressor(policy)
        let storage = try writableStorage()
        func put(_ content: [UInt8], _ kind: ObjectKind) throws -> ContentHash {
            try storage.store(content, kind, algorithm: algorithm, compressor: compressor)
        }
        let catalog = try Catalog(rootPrefix: BytePath())
        let row = CatalogEntry.directory([], modified: time)
        try catalog.put(row, at: BytePath())
        var counters = Counters()
        counters.count(row, chunks: 0)
        try catalog.setCounters(own: counters, subtree: Counters())
        try catalog.stamp(revision: 1, previous: nil, modified: time, algorithm: algorithm)
        try catalog.setProperty("TTL", "240")
        let bytes = try catalog.serialize()
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
        try storage.synchronize()
        manifest.reflog = try ReflogUpdate(fqrn: fqrn, storage: storage).log(manifest, after: nil)
        return manifest
    }

    private static func refuseExisting(storage: FilePath, keys: KeyFolder) throws {
        guard try isEmpty(storage) else {
            throw CVMFSError(
                .refused,
                "the storage \(storage) is not empty: name another folder, or register a repository that is there with "
                    + "`wafer repository add`"
            )
        }
        for path in [keys.masterKey, keys.publicKey, keys.key, keys.certificate]
        where FileManager.default.fileExists(atPath: path.string) {
            throw CVMFSError(.refused, "\(path) exists already: name another folder with --keys, or move it away")
        }
    }

    /// Whether there is nothing at a path, or an empty folder.
    private static func isEmpty(_ path: FilePath) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path.string) else { return true }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty
        } catch {
            throw CVMFSError(.system, "\(path) cannot be a storage: \(error.localizedDescription)")
        }
    }

    /// Returns whether it had to be made.
    private static func createFolder(_ path: FilePath, permissions: Int) throws -> Bool {
        if FileManager.default.fileExists(atPath: path.string) { return false }
        // Those above that are missing get the same mode: a storage below a closed folder could not be served.
        let parent = path.removingLastComponent()
        if !parent.isEmpty { _ = try createFolder(parent, permissions: permissions) }
        guard mkdir(path.string, mode_t(permissions)) == 0 else {
            if errno == EEXIST { return false }
            throw SystemCall.error("create", path.string)
        }
        // Whatever this process's mask says.
        guard chmod(path.string, mode_t(permissions)) == 0 else {
            throw SystemCall.error("change the mode of", path.string)
        }
        return true
    }

    /// Compares the real paths, whatever links lead there; both folders exist.
    private static func refuseKeysInside(storage: FilePath, keys: FilePath) throws {
        guard !(try realPath(keys)).starts(with: try realPath(storage)) else {
            throw CVMFSError(
                .refused,
                "the keys folder \(keys) lies inside the storage, which is served to everybody: name another with --keys"
            )
        }
    }

    private static func realPath(_ path: FilePath) throws -> FilePath {
        guard let real = realpath(path.string, nil) else { throw SystemCall.error("resolve", path.string) }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}
