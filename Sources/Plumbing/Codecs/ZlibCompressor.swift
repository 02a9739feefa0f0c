/// Makes whole zlib streams (RFC 1950) with the encoder that a policy names. One value belongs to one thread at a time.
package struct ZlibCompressor {
    private let encoder: any ZlibEncoder

    /// Throws ``CodecError`` where the library cannot be set up.
    package init(_ policy: CompressionPolicy) throws {
        encoder =
            switch policy {
            case .balanced, .none: try BalancedEncoder()
            case .small: try LibdeflateEncoder(level: 12)
            case .fast: ISALEncoder()
            case .zlib: DefaultZlibEncoder()
            }
    }

    /// One complete zlib stream of the bytes.
    package func compress(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        // The stream of nothing is the same with every encoder: markers and empty files share one object
        // (docs/cvmfs-format.md §1.1).
        bytes.isEmpty ? Self.emptyStream : try encoder.encode(bytes)
    }

    /// The zlib stream of zero bytes.
    package static let emptyStream: [UInt8] = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]
}

/// One library's way to make a zlib stream of a whole buffer.
protocol ZlibEncoder {
    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8]
}
