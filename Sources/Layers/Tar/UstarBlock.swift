/// A header block of a tar archive under construction (POSIX ustar, "ustar Interchange Format").
struct UstarBlock {
    private var block = [UInt8](repeating: 0, count: TarField.blockSize)

    /// A block of this type; owner, time and devices are 0.
    init(typeFlag: UInt8) {
        block[TarField.typeFlag] = typeFlag
        put("ustar\u{0}00".utf8, TarField.magic)
        for field in [TarField.uid, TarField.gid, TarField.size, TarField.mtime] + Self.deviceFields {
            put(Int64(0), field)
        }
    }

    private static let deviceFields = [TarField.deviceMajor, TarField.deviceMinor]

    /// Writes text, as much of it as the field holds.
    mutating func put(_ text: some Sequence<UInt8>, _ field: Range<Int>) {
        for (index, byte) in zip(field, text) { block[index] = byte }
    }

    /// Writes a number as octal digits and a NUL that fill the field. Returns whether they hold it; 0 stays where not.
    @discardableResult
    mutating func put(_ value: Int64, _ field: Range<Int>) -> Bool {
        let digits = String(value, radix: 8).utf8
        guard value >= 0, digits.count < field.count else { return false }
        put(repeatElement(UInt8(ascii: "0"), count: field.count - 1 - digits.count) + Array(digits) + [0], field)
        return true
    }

    /// Writes a number that octal digits may not hold: GNU's base 256, which every tar of today reads.
    mutating func putLarge(_ value: UInt32, _ field: Range<Int>) {
        if put(Int64(value), field) { return }
        let low = (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        put([0x80] + [UInt8](repeating: 0, count: field.count - 5) + low, field)
    }

    /// The block with its checksum.
    consuming func sealed() -> [UInt8] {
        // The checksum is taken with spaces in its own field.
        put("        ".utf8, TarField.checksum)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(sum, TarField.checksum.lowerBound..<TarField.checksum.upperBound - 1)
        return block
    }
}
