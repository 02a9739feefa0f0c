package import Plumbing

/// The key of a catalog row: the MD5 of the absolute path as two little-endian integers
/// (docs/cvmfs-format.md §3.4).
package struct PathKey: Hashable, Sendable {
    /// The first eight bytes of the digest, column `md5path_1`.
    package let first: Int64
    /// The last eight bytes, column `md5path_2`.
    package let second: Int64

    /// The parent of the repository's root, which has none.
    static let null = PathKey(first: 0, second: 0)

    init(first: Int64, second: Int64) {
        self.first = first
        self.second = second
    }

    /// The key of a path of the repository; the root's is that of the empty string.
    package init(_ path: BytePath) throws {
        let digest = try MessageDigest.hash(.md5, path.absoluteBytes)
        first = digest.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
        second = digest.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: Int64.self)) }
    }
}

extension BytePath {
    /// As catalogs spell it: empty for the root, `/a/b` below it.
    package var absoluteBytes: [UInt8] {
        isRoot ? [] : [UInt8(ascii: "/")] + bytes
    }

    /// A path as catalogs spell it.
    init?(absolute bytes: [UInt8]) {
        guard bytes.isEmpty || bytes.first == UInt8(ascii: "/") else { return nil }
        self.init(components: bytes.split(separator: UInt8(ascii: "/")))
    }
}
