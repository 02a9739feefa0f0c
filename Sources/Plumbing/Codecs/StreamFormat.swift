/// How a stream is compressed, as its first bytes tell.
///
/// Media types are not asked: registries serve gzip under the name of a plain tar and the other way round, and the
/// digests are over the bytes as they are.
package enum StreamFormat: Sendable, Equatable {
    /// RFC 1952, one member or several.
    case gzip
    /// RFC 8878, frames and skippable frames.
    case zstd
    /// The container of LZMA2, streams and padding.
    case xz
    /// Streams of blocks.
    case bzip2
    /// None of these: the bytes are the content.
    case plain

    /// How many bytes ``init(firstBytes:)`` wants to see, fewer only where the stream is shorter.
    package static let prefixLength = 10

    /// What begins a block of bzip2, and what ends a stream of none: three bytes alone may begin a tar's first name.
    private static let bzip2Marks: [[UInt8]] = [
        [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
    ]

    /// Reads the magic number.
    package init(firstBytes: some Collection<UInt8>) {
        let prefix = Array(firstBytes.prefix(Self.prefixLength))
        if prefix.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else if prefix.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
            self = .zstd
        } else if prefix.count >= 4, prefix[0] & 0xf0 == 0x50, prefix[1...].starts(with: [0x2a, 0x4d, 0x18]) {
            self = .zstd
        } else if prefix.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
            self = .xz
        } else if prefix.starts(with: Array("BZh".utf8)), Self.bzip2Marks.contains(Array(prefix.dropFirst(4))) {
            self = .bzip2
        } else {
            self = .plain
        }
    }
}
