/// The fields of a 512-byte tar header (POSIX ustar, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format").
enum TarField {
    static let blockSize = 512

    /// A size with the padding up to the next block.
    static func padded<Size: BinaryInteger>(_ size: Size) -> Size { (size + 511) / 512 * 512 }

    static let name = 0..<100
    static let mode = 100..<108
    static let uid = 108..<116
    static let gid = 116..<124
    static let size = 124..<136
    static let mtime = 136..<148
    static let checksum = 148..<156
    static let typeFlag = 156
    static let link = 157..<257
    /// Magic and version together.
    static let magic = 257..<265
    static let deviceMajor = 329..<337
    static let deviceMinor = 337..<345
    static let prefix = 345..<500
    /// Of the last access and the last change of attributes, in GNU's headers.
    static let gnuTimes = [345..<357, 357..<369]
    /// The shorter prefix of star's archives, which keep times behind it.
    static let starPrefix = 345..<476
    static let starTrailer = 508..<512
    /// GNU's old sparse map: offsets and counts of 12 bytes each.
    static let sparseMap = 386..<482
    static let isSparseMapExtended = 482
    static let realSize = 483..<495
    /// The blocks that extend the map.
    static let sparseMapExtension = 0..<504
    static let isExtensionExtended = 504

    /// The bytes before the first NUL.
    static func text(_ field: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        Array(field[range].prefix { $0 != 0 })
    }

    /// Octal digits, or a base-256 number; nil where it is neither or does not fit.
    ///
    /// Spaces and NULs around the digits do not count, nor what follows a NUL behind them. A field without digits is 0:
    /// some writers leave what they do not know empty.
    static func number(_ block: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
        let field = block[range]
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return base256(field) }
        func isFilling(_ byte: UInt8) -> Bool { byte == 0 || byte == UInt8(ascii: " ") }
        let text = field.drop(while: isFilling).prefix { $0 != 0 }
        var value: Int64 = 0
        for byte in text.prefix(text.lastIndex { !isFilling($0) }.map { $0 + 1 - text.startIndex } ?? 0) {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 8)
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte), !overflow else { return nil }
            value = shifted | Int64(byte & 7)
        }
        return value
    }

    /// Two's complement, most significant byte first, the topmost bit being only the mark.
    private static func base256(_ field: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var value: Int64 = 0
        for (index, byte) in field.enumerated() {
            if index == 0 {
                // Bit 6 is the sign once the mark is gone.
                value = Int64(Int8(truncatingIfNeeded: Int(byte) << 1) >> 1)
                continue
            }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
            if overflow { return nil }
            value = shifted | Int64(byte)
        }
        return value
    }
}
