/// Writes small ustar archives that are the same bytes whenever they are made: owner 0:0, time 0, no names of users.
package struct TarWriter {
    /// A file that the format cannot hold, or with a name that is none.
    package struct Unrepresentable: Error, CustomStringConvertible {
        /// Names the file and the rule.
        package let description: String
    }

    private var bytes: [UInt8] = []

    /// An empty archive.
    package init() {}

    /// Adds a regular file.
    ///
    /// - Parameters:
    ///   - name: a relative path, at most 100 bytes.
    ///   - content: what is in it, less than 8 GiB.
    ///   - mode: permissions.
    /// - Throws: ``Unrepresentable``.
    package mutating func add(name: String, bytes content: [UInt8], mode: UInt16 = 0o644) throws {
        let nameBytes = Array(name.utf8)
        guard (1...100).contains(nameBytes.count), !nameBytes.contains(0) else {
            throw Unrepresentable(description: "a file name of a ustar archive has 1 to 100 bytes: \(name)")
        }
        guard content.count < 1 << 33 else {
            throw Unrepresentable(description: "a file of a ustar archive has less than 8 GiB: \(name)")
        }
        var block = [UInt8](repeating: 0, count: TarField.blockSize)
        func put(_ text: some Sequence<UInt8>, _ field: Range<Int>) {
            for (index, byte) in zip(field, text) { block[index] = byte }
        }
        put(nameBytes, TarField.name)
        put(Self.octal(Int(mode), TarField.mode), TarField.mode)
        put(Self.octal(0, TarField.uid), TarField.uid)
        put(Self.octal(0, TarField.gid), TarField.gid)
        put(Self.octal(content.count, TarField.size), TarField.size)
        put(Self.octal(0, TarField.mtime), TarField.mtime)
        block[TarField.typeFlag] = TarHeader.TypeFlag.file
        put("ustar\u{0}00".utf8, TarField.magic)
        put(Self.octal(0, TarField.deviceMajor), TarField.deviceMajor)
        put(Self.octal(0, TarField.deviceMinor), TarField.deviceMinor)
        // The checksum is taken with spaces in its own field.
        put("        ".utf8, TarField.checksum)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, 0..<7), TarField.checksum)
        bytes += block + content + [UInt8](repeating: 0, count: -content.count & (TarField.blockSize - 1))
    }

    /// The archive with its two end blocks.
    package consuming func finish() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 2 * TarField.blockSize)
    }

    /// Digits and a NUL that fill the field.
    private static func octal(_ value: Int, _ field: Range<Int>) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array((String(repeating: "0", count: field.count - 1 - digits.utf8.count) + digits + "\0").utf8)
    }
}
