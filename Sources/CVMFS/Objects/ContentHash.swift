import Plumbing

/// The hash of an object's stored bytes: its identity (docs/cvmfs-format.md §1.1).
package struct ContentHash: Hashable, Sendable {
    /// The function, which the text shows by its suffix.
    package let algorithm: HashAlgorithm
    /// 20 bytes.
    package let digest: [UInt8]

    /// Every algorithm of the format yields 160 bits.
    static let byteCount = 20

    /// A hash from its raw digest; nil unless that has 20 bytes.
    package init?(algorithm: HashAlgorithm, digest: [UInt8]) {
        guard digest.count == Self.byteCount else { return nil }
        self.algorithm = algorithm
        self.digest = digest
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
        self.algorithm = algorithm
        self.digest = digest
    }

    /// The hash of bytes.
    package init(_ algorithm: HashAlgorithm, of bytes: [UInt8]) throws {
        self.algorithm = algorithm
        digest = try MessageDigest.hash(algorithm.digestAlgorithm, bytes)
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
