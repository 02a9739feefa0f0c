/// How a stream is compressed, as its first bytes tell.
///
/// Media types are not asked: registries serve gzip under the name of a plain tar and the other way round, and the
/// digests are over the bytes as they are.
package enum StreamFormat: Sendable, Equatable {
    /// RFC 1952, one member or several.
    case gzip
    /// RFC 8878, frames and skippable frames.
    case zstd
    /// Neither: the bytes are the content.
    case plain

    /// How many bytes ``init(firstBytes:)`` wants to see, fewer only where the stream is shorter.
    package static let prefixLength = 4

    /// Reads the magic number.
    package init(firstBytes: some Collection<UInt8>) {
        let prefix = Array(firstBytes.prefix(Self.prefixLength))
        if prefix.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else if prefix == [0x28, 0xb5, 0x2f, 0xfd] {
            self = .zstd
        } else if prefix.count == 4, prefix[0] & 0xf0 == 0x50, prefix.dropFirst() == [0x2a, 0x4d, 0x18] {
            self = .zstd
        } else {
            self = .plain
        }
    }
}
