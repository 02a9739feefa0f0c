import Plumbing

/// The SHA-256 of a file's plain bytes, in place: a verification holds one for every file of an image.
struct PlainDigest: Sendable, Equatable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// A digest of 32 bytes; nil for any other.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    /// The 32 bytes.
    var bytes: [UInt8] { withUnsafeBytes(of: words, Array.init) }

    static func == (left: PlainDigest, right: PlainDigest) -> Bool { left.words == right.words }
}
