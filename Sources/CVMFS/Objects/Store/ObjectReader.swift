import Foundation

/// Reads the objects and the few mutable files of a repository (docs/cvmfs-format.md §1).
///
/// Every call blocks and may come from any thread. Objects are immutable; a mutable file is seen as a whole, as it was
/// before a replacement or after it.
package protocol ObjectReader: Sendable {
    /// How messages call this place.
    var location: String { get }

    /// How many objects to read at once: more is not faster.
    var usefulReaders: Int { get }

    /// What tells the names of all objects; nil where the place does not list any.
    var lister: (any ObjectLister)? { get }

    /// Hands over the stored bytes of an object in pieces of at most 1 MiB. Throws ``CVMFSError`` `notFound` where it is
    /// missing, and what `body` throws.
    func read(_ hash: ContentHash, _ kind: ObjectKind, _ body: (UnsafeRawBufferPointer) throws -> Void) throws

    /// The stored length in bytes, nil where the object is missing.
    func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64?

    /// When an object was written, in seconds of Unix time; nil where it is missing, or where the place does not tell.
    func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64?

    /// The bytes of a mutable file such as `.cvmfspublished`, nil where there is none.
    func readTopLevel(_ name: String) throws -> [UInt8]?
}

extension ObjectReader {
    /// What is on this machine takes a core for each reader.
    package var usefulReaders: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// A place says so where it can list.
    package var lister: (any ObjectLister)? { nil }
}

/// Tells which objects a place has.
package protocol ObjectLister: Sendable {
    /// Calls `body` with the path and the modification time (seconds of Unix time) of everything in the objects' folders,
    /// and of what has no place beside them; unknown names included. Blocks.
    func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws

    /// The bytes of everything in the objects' folders. Looks at each: takes seconds for a million. Blocks.
    func storedBytes() throws -> Int64
}
