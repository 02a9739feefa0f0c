/// libdeflate at a middle level, and ISA-L for content that hardly shrinks: machine code, compressed data.
///
/// There libdeflate takes longest and gains least: a second saved this way costs two thirds of the bytes that it costs to
/// save it by a lower level (`Benchmarks/README.md`).
final class BalancedEncoder: ZlibEncoder {
    /// Below this size, in bytes, a sample costs more than the choice is worth.
    private static let smallestSampled = 64 << 10
    private static let sampleSize = 16 << 10
    /// A sample that keeps more of its size than this, in percent, belongs to ISA-L.
    private static let threshold = 55

    private let thorough: LibdeflateEncoder
    private let quick = ISALEncoder()

    init() throws {
        thorough = try LibdeflateEncoder(level: 4)
    }

    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        try hardlyShrinks(bytes) ? quick.encode(bytes) : thorough.encode(bytes)
    }

    private func hardlyShrinks(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        guard bytes.count >= Self.smallestSampled else { return false }
        // From the middle: headers and tables, which files begin and end with, say little about the rest.
        let start = (bytes.count - Self.sampleSize) / 2
        let sample = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.sampleSize])
        return try quick.encode(sample).count * 100 > Self.sampleSize * Self.threshold
    }
}
