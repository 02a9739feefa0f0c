import CVMFS
import Foundation
import Glibc
import Logging
import Plumbing
import StockServer
import SystemPackage
import TestSupport
import Testing

/// A repository with the files that `cvmfs_server` would keep of it: a configuration and a spool folder.
struct ManagedRepository {
    let folder: FilePath
    let native: NativeRepository
    let repository: Repository

    var storage: FilePath { native.storage }
    var spool: FilePath { folder.appending("spool") }
    var journals: FilePath { spool.appending("wafer/journals") }
    var transactionFlag: FilePath { spool.appending("in_transaction.lock") }

    /// `more` are further lines of `server.conf`.
    init(in folder: FilePath, owner: String = Self.me, more: String = "") throws {
        self.folder = folder
        native = try NativeRepository(in: folder)
        let spool = folder.appending("spool")
        try FileManager.default.createDirectory(atPath: spool.string, withIntermediateDirectories: true)
        let text = Self.configuration(storage: native.storage, spool: spool, owner: owner) + more + "\n"
        let configuration = try ServerConfiguration(NativeRepository.fqrn, Array(text.utf8), file: "/x/server.conf")
        repository = try Repository(
            managed: configuration,
            keys: native.keys,
            mountHelper: "/nonexistent",
            logger: Logger(label: "test")
        )
        let reflog = try native.storage.appending(".cvmfsreflog").contents()
        try spool.appending("reflog.chksum").write(Array("\(ContentHash(.sha1, of: reflog))".utf8))
        try spool.appending("client.local").write(Array("KEPT=1\nCVMFS_ROOT_HASH=0123\n".utf8))
    }

    /// The name of whoever runs the tests.
    static var me: String { NSUserName() }

    /// What `cvmfs_server mkfs` writes.
    static func configuration(
        fqrn: String = NativeRepository.fqrn,
        storage: FilePath,
        spool: FilePath,
        owner: String = me
    ) -> String {
        """
        # Created by cvmfs_server.
        CVMFS_CREATOR_VERSION=143
        CVMFS_REPOSITORY_NAME=\(fqrn)
        CVMFS_REPOSITORY_TYPE=stratum0
        CVMFS_USER=\(owner)
        CVMFS_UNION_DIR=/cvmfs/\(fqrn)
        CVMFS_SPOOL_DIR=\(spool)
        CVMFS_STRATUM0=http://localhost/cvmfs/\(fqrn)
        CVMFS_UPSTREAM_STORAGE=local,\(storage)/data/txn,\(storage)
        CVMFS_USE_FILE_CHUNKING=true
        CVMFS_MIN_CHUNK_SIZE=4194304
        CVMFS_AVG_CHUNK_SIZE=8388608
        CVMFS_MAX_CHUNK_SIZE=16777216
        CVMFS_UNION_FS_TYPE=overlayfs
        CVMFS_HASH_ALGORITHM=sha1
        CVMFS_COMPRESSION_ALGORITHM=default
        CVMFS_EXTERNAL_DATA=false
        CVMFS_AUTO_TAG=false
        CVMFS_AUTO_TAG_TIMESPAN=""
        CVMFS_GARBAGE_COLLECTION=true
        CVMFS_AUTO_REPAIR_MOUNTPOINT=true
        CVMFS_AUTOCATALOGS=false

        """
    }

    /// Publishes a small file; `during` runs while the repository is locked.
    @discardableResult
    func write(
        _ path: String,
        _ text: String = "text",
        now: Date = Date(),
        timeout: Duration = .seconds(5),
        during: () throws -> Void = {}
    ) throws -> CommitOutcome {
        try repository.edit(WriteContext(lockTimeout: timeout, clock: { now })) { transaction in
            try transaction.writeFile(try BytePath(path), Array(text.utf8))
            try during()
        }
    }

    /// What the server's tools find of the reference log.
    func expectReflogKnown(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let actual = try ContentHash(.sha1, of: try storage.appending(".cvmfsreflog").contents()).description
        let known = String(decoding: try spool.appending("reflog.chksum").contents(), as: UTF8.self)
        #expect(known == actual, sourceLocation: sourceLocation)
    }

    /// Whether another process could take a lock of the spool folder now.
    func isFree(_ name: String) throws -> Bool {
        let lock = try ForeignLock(spool.appending(name))
        return lock.isHeld
    }
}

/// A lock taken the way the stock tools take theirs, as long as the value lives.
final class ForeignLock {
    private let descriptor: Int32
    let isHeld: Bool

    init(_ path: FilePath) throws {
        descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    deinit {
        // A child that another test starts has a copy of the descriptor for a moment.
        if isHeld { flock(descriptor, LOCK_UN) }
        close(descriptor)
    }
}
