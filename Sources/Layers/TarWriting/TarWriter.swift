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
        var block = UstarBlock(typeFlag: TarHeader.TypeFlag.file)
        block.put(nameBytes, TarField.name)
        block.put(Int64(mode), TarField.mode)
        block.put(Int64(content.count), TarField.size)
        bytes += block.sealed() + content + [UInt8](repeating: 0, count: -content.count & (TarField.blockSize - 1))
    }

    /// The archive with its two end blocks.
    package consuming func finish() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 2 * TarField.blockSize)
    }
}
