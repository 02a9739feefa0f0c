/// One 512-byte header of a tar archive and what follows it, every field free to be wrong.
package struct TarMember {
    /// What stands in the magic field and, with it, the dialect.
    package enum Dialect {
        case ustar
        case gnu
        /// No magic: the format of the seventh edition of Unix.
        case v7
    }

    /// The name field. Longer names are cut to 100 bytes: use the builder's pax or GNU forms.
    package var name: RawBytes
    /// The type flag.
    package var type: UInt8
    /// The permission bits as stored.
    package var mode: Int64 = 0o644
    /// The owner. Numbers that octal digits cannot hold are stored in base 256.
    package var uid: Int64 = 0
    /// The group.
    package var gid: Int64 = 0
    /// The time of the last change, in seconds.
    package var mtime: Int64 = 0
    /// The size field, where it differs from the content's size.
    package var size: Int64?
    /// The link name field.
    package var link: RawBytes = ""
    /// The magic field.
    package var dialect = Dialect.ustar
    /// The user and group name fields.
    package var userName: RawBytes = ""
    package var groupName: RawBytes = ""
    /// The device number fields.
    package var deviceMajor: Int64 = 0
    package var deviceMinor: Int64 = 0
    /// The prefix field of ustar.
    package var prefix: RawBytes = ""
    /// Bytes put into the header at an offset as the last step before its checksum.
    package var patches: [(offset: Int, bytes: RawBytes)] = []
    /// The checksum, where it should not be the right one.
    package var checksum: Int64?
    /// What follows the header, padded to 512 bytes.
    package var content: [UInt8] = []

    /// A member of the given type.
    package init(_ name: RawBytes, type: Character, content: [UInt8] = []) {
        self.name = name
        self.type = type.asciiValue ?? 0
        self.content = content
    }

    /// Header, content and padding.
    package var bytes: [UInt8] {
        header + content + [UInt8](repeating: 0, count: -content.count & 511)
    }

    /// The header block.
    package var header: [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int, _ length: Int = .max) {
            for (index, byte) in bytes.prefix(length).enumerated() { block[offset + index] = byte }
        }
        put(name.bytes, at: 0, 100)
        put(Self.number(mode, width: 8), at: 100)
        put(Self.number(uid, width: 8), at: 108)
        put(Self.number(gid, width: 8), at: 116)
        put(Self.number(size ?? Int64(content.count), width: 12), at: 124)
        put(Self.number(mtime, width: 12), at: 136)
        put(Array("        ".utf8), at: 148)
        block[156] = type
        put(link.bytes, at: 157, 100)
        if dialect != .v7 {
            put(dialect == .gnu ? Array("ustar  \0".utf8) : Array("ustar\u{0}00".utf8), at: 257)
            put(userName.bytes, at: 265, 31)
            put(groupName.bytes, at: 297, 31)
            put(Self.number(deviceMajor, width: 8), at: 329)
            put(Self.number(deviceMinor, width: 8), at: 337)
        }
        if dialect == .ustar { put(prefix.bytes, at: 345, 155) }
        for patch in patches { put(patch.bytes.bytes, at: patch.offset) }
        let sum = checksum ?? block.reduce(0) { $0 + Int64($1) }
        put(Self.number(sum, width: 7) + Array(" ".utf8), at: 148)
        return block
    }

    /// Octal digits and a NUL, or base 256 where those do not hold the value.
    package static func number(_ value: Int64, width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        if value >= 0, digits.utf8.count < width {
            let zeros = String(repeating: "0", count: width - 1 - digits.utf8.count)
            return Array((zeros + digits).utf8) + [0]
        }
        var field = (0..<width).map { index -> UInt8 in
            let shift = 8 * (width - 1 - index)
            return UInt8(truncatingIfNeeded: shift < 64 ? value >> Int64(shift) : (value < 0 ? -1 : 0))
        }
        field[0] |= 0x80
        return field
    }
}
