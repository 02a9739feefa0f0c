import Foundation
import Plumbing

/// Where the objects and the few mutable files of a repository lie (docs/cvmfs-format.md §1).
///
/// Every call blocks and may come from any thread. Objects are immutable: writing one that is there already changes
/// nothing. The mutable files are replaced as a whole, so that a reader sees the old bytes or the new ones.
package protocol ObjectStore: Sendable {
    /// How messages call this place.
    var location: String { get }

    /// The stored bytes of an object in pieces of at most 1 MiB. Throws ``CVMFSError`` `notFound` where it is missing.
    func read(_ hash: ContentHash, _ kind: ObjectKind, _ body: (UnsafeRawBufferPointer) throws -> Void) throws

    /// The stored length in bytes, nil where the object is missing.
    func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64?

    /// When an object was written, in seconds of Unix time; nil where it is missing, or where the place does not tell.
    func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64?

    /// Stores bytes under their hash, which the caller computed. Returns whether the object is new.
    ///
    /// `announce` is called once the bytes are written and before the object gets its name, and only for a new one.
    @discardableResult
    func write(
        _ bytes: UnsafeRawBufferPointer,
        as hash: ContentHash,
        _ kind: ObjectKind,
        announce: (String) throws -> Void
    ) throws -> Bool

    /// Removes an object; fine where it is gone.
    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws

    /// How many objects to read at once: more is not faster.
    var usefulReaders: Int { get }

    /// Whether ``forEachObject(_:)`` works here.
    var canBeListed: Bool { get }

    /// Calls `body` with the path and the modification time (seconds) of everything in the objects' folders, and of what
    /// has no place beside them; unknown names included.
    func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws

    /// The bytes of a mutable file such as `.cvmfspublished`, nil where there is none.
    func readTopLevel(_ name: String) throws -> [UInt8]?

    /// Replaces a mutable file atomically and durably.
    func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws

    /// Gives an object that is there a second name at the top level.
    func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws

    /// Makes everything written so far survive a power failure.
    func synchronize() throws

    /// Bytes that may still be written, nil where the place does not tell.
    func freeBytes() throws -> Int64?

    /// The same place for one preparation: its temporary files begin with `label` and a dot.
    func preparing(as label: String) throws -> any ObjectStore

    /// Removes temporary files that begin so: what preparations that are gone had not finished writing.
    func removeTemporaryFiles(prefix: String) throws
}

extension ObjectStore {
    /// Most places know what they hold.
    package var canBeListed: Bool { true }

    /// What is on this machine takes a core for each reader.
    package var usefulReaders: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// A copy, where the place knows no links.
    package func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        try replaceTopLevel(name, with: try load(hash, kind))
    }

    /// The stored bytes of an object, checked against its hash; `limit` bounds what is read.
    package func load(_ hash: ContentHash, _ kind: ObjectKind, limit: Int = 1 << 30) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(hash, kind) { piece in
            guard bytes.count + piece.count <= limit else {
                throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) is larger than \(limit) bytes")
            }
            bytes.append(contentsOf: piece)
        }
        let actual = try ContentHash(hash.algorithm, of: bytes)
        guard actual == hash else {
            throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) has the content of \(actual)")
        }
        return bytes
    }

    /// Hashes an object as it is stored. Throws where that is not what its name says; returns its stored length.
    @discardableResult
    package func verify(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64 {
        let digest = try MessageDigest(hash.algorithm.digestAlgorithm)
        var length: Int64 = 0
        try read(hash, kind) { piece in
            digest.update(piece)
            length += Int64(piece.count)
        }
        guard digest.finish() == hash.digest else {
            throw CVMFSError(.corrupt, "the content of object \(hash)\(kind.letter) does not match its name")
        }
        return length
    }
}
