import Plumbing

/// The hash of an object's stored bytes: its identity (docs/cvmfs-format.md §1.1).
package struct ContentHash: Hashable, Sendable {
    /// The function, which the text shows by its suffix.
    package let algorithm: HashAlgorithm
    // The digest in place: hashes are held by the million, and an array for each takes three times as much.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt32

    /// Every algorithm of the format yields 160 bits.
    static let byteCount = 20

    /// A hash from its raw digest; nil unless that has 20 bytes.
    package init?(algorithm: HashAlgorithm, digest: [UInt8]) {
        guard digest.count == Self.byteCount else { return nil }
        self.init(algorithm, checked: digest)
    }

    private init(_ algorithm: HashAlgorithm, checked digest: [UInt8]) {
        self.algorithm = algorithm
        (first, second, third) = digest.withUnsafeBytes {
            (
                $0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            )
        }
    }

    /// The raw digest, 20 bytes.
    package var digest: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { bytes, count in
            let raw = UnsafeMutableRawBufferPointer(bytes)
            raw.storeBytes(of: first, as: UInt64.self)
            raw.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
            raw.storeBytes(of: third, toByteOffset: 16, as: UInt32.self)
            count = Self.byteCount
        }
    }

    /// A hash from its text, such as `e8ec3d88…` or `28d94b83…-shake128`. Upper case is not accepted: other readers
    /// take it for garbage.
    package init?(_ text: some StringProtocol) {
        let length = Self.byteCount * 2
        guard text.utf8.count >= length,
            let end = text.index(text.startIndex, offsetBy: length, limitedBy: text.endIndex),
            let digest = Hex.decode(text[..<end]), digest.count == Self.byteCount,
            let algorithm = HashAlgorithm.allCases.first(where: { $0.suffix == text[end...] })
        else { return nil }
        self.init(algorithm, checked: digest)
    }

    /// The hash that a property names as that of what was before; nil for nothing, for zeros, which stand for nothing, and for
    /// what is none (docs/cvmfs-format.md §3.3, §5.4).
    init?(previous text: String?) {
        guard let hash = text.flatMap({ ContentHash($0) }), !hash.isZero else { return nil }
        self = hash
    }

    /// Whether it stands for nothing.
    var isZero: Bool { first == 0 && second == 0 && third == 0 }

    /// The hash of bytes.
    package init(_ algorithm: HashAlgorithm, of bytes: [UInt8]) throws {
        self.init(algorithm, checked: try MessageDigest.hash(algorithm.digestAlgorithm, bytes))
    }

    /// Where the object lies below the repository's root: `data/ab/cdef…` and the letter of its kind.
    package func objectPath(_ kind: ObjectKind) -> String {
        let hex = Hex.encode(digest)
        return "data/\(hex.prefix(2))/\(hex.dropFirst(2))\(algorithm.suffix)\(kind.letter)"
    }
}

extension ContentHash: CustomStringConvertible {
    /// Lower-case digits and the algorithm's suffix, without the letter of the kind.
    package var description: String { Hex.encode(digest) + algorithm.suffix }
}

extension ContentHash {
    /// The hash and kind that a path such as `data/ab/cdef…-shake128C` stands for; nil for other names.
    package static func parse(objectPath path: some StringProtocol) -> (hash: ContentHash, kind: ObjectKind)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "data", parts[1].utf8.count == 2 else { return nil }
        let name = "\(parts[1])\(parts[2])"
        for kind in ObjectKind.allCases where name.hasSuffix(kind.letter) {
            if let hash = ContentHash(name.dropLast(kind.letter.count)) { return (hash, kind) }
        }
        return nil
    }
}
