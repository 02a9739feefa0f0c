import Plumbing

/// The header blocks of one member (POSIX pax, "pax Extended Header").
struct PaxMember {
    /// Everything in front of the content.
    let header: [UInt8]
    /// The bytes of content that follow.
    let size: Int64

    init(_ entry: LayerEntry) {
        let (typeFlag, name, link) = Self.names(of: entry)
        var block = UstarBlock(typeFlag: typeFlag)
        var records = Records()
        let attributes = entry.attributes
        size = entry.contentSize ?? 0
        records.put(name, "path", TarField.name, &block)
        records.put(link, "linkpath", TarField.link, &block)
        block.put(Int64(attributes.mode), TarField.mode)
        records.put(Int64(attributes.uid), "uid", TarField.uid, &block)
        records.put(Int64(attributes.gid), "gid", TarField.gid, &block)
        records.put(size, "size", TarField.size, &block)
        if !block.put(attributes.mtime, TarField.mtime) || attributes.mtimeNanoseconds != 0 {
            records.add("mtime", Array(Self.time(attributes.mtime, attributes.mtimeNanoseconds).utf8))
        }
        if case .node(let kind) = entry.kind, let device = kind.device {
            block.putLarge(device.major, TarField.deviceMajor)
            block.putLarge(device.minor, TarField.deviceMinor)
        }
        for attribute in attributes.xattrs { records.add(attribute) }
        header = records.header + block.sealed()
    }

    private static func names(of entry: LayerEntry) -> (typeFlag: UInt8, name: [UInt8], link: [UInt8]) {
        let path = entry.path.bytes
        switch entry.kind {
        case .node(.directory):
            let name = path.isEmpty ? Array("./".utf8) : path + [UInt8(ascii: "/")]
            return (TarHeader.TypeFlag.directory, name, [])
        case .leftOut: return (TarHeader.TypeFlag.characterDevice, path, [])
        case .node(.file), .linkTarget: return (TarHeader.TypeFlag.file, path, [])
        case .node(.symlink(let target)): return (TarHeader.TypeFlag.symlink, path, target)
        case .hardLink(let target): return (TarHeader.TypeFlag.hardLink, path, target.bytes)
        case .node(.characterDevice): return (TarHeader.TypeFlag.characterDevice, path, [])
        case .node(.blockDevice): return (TarHeader.TypeFlag.blockDevice, path, [])
        // No archive holds a socket: as with GNU tar nobody asks for one.
        case .node(.fifo), .node(.socket): return (TarHeader.TypeFlag.fifo, path, [])
        case .whiteout: return (TarHeader.TypeFlag.file, Whiteout.deletionMark(entry.path), [])
        case .opaque: return (TarHeader.TypeFlag.file, Whiteout.opaqueMark(entry.path), [])
        }
    }

    /// Seconds with a fraction; the header's time is rounded down, the text's fraction counts away from zero.
    private static func time(_ seconds: Int64, _ nanoseconds: Int32) -> String {
        if nanoseconds == 0 { return String(seconds) }
        let isNegative = seconds < 0
        let whole = isNegative ? (seconds + 1).magnitude : seconds.magnitude
        let digits = String(isNegative ? 1_000_000_000 - nanoseconds : nanoseconds)
        return "\(isNegative ? "-" : "")\(whole).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
    }
}

extension PaxMember {
    /// The records of one member.
    private struct Records {
        private var body: [UInt8] = []
        private var isBinary = false

        /// The extended header with its own block, nothing where there are no records.
        var header: [UInt8] {
            if body.isEmpty { return [] }
            let records = (isBinary ? Self.record("hdrcharset".utf8, "BINARY".utf8) : []) + body
            var block = UstarBlock(typeFlag: TarHeader.TypeFlag.extendedHeader)
            block.put("PaxHeaders/member".utf8, TarField.name)
            block.put(Int64(0o644), TarField.mode)
            block.put(Int64(records.count), TarField.size)
            let padding = -records.count & (TarField.blockSize - 1)
            return block.sealed() + records + [UInt8](repeating: 0, count: padding)
        }

        mutating func add(_ key: String, _ value: [UInt8]) {
            body += Self.record(key.utf8, value)
        }

        /// A name goes into the block, as the bytes it is, where that holds it: every tar takes those in any locale. A
        /// record's text is UTF-8 unless another one says that it is not, which GNU tar does not know.
        mutating func put(_ name: [UInt8], _ key: String, _ field: Range<Int>, _ block: inout UstarBlock) {
            block.put(name, field)
            if name.count <= field.count { return }
            add(key, name)
            if String(validating: name, as: UTF8.self) == nil { isBinary = true }
        }

        /// A number goes into a record where the block's octal digits do not hold it.
        mutating func put(_ value: Int64, _ key: String, _ field: Range<Int>, _ block: inout UstarBlock) {
            if !block.put(value, field) { add(key, Array(String(value).utf8)) }
        }

        /// The form of star and GNU tar, or libarchive's encoded one for a name that would end the key too early.
        mutating func add(_ attribute: ExtendedAttribute) {
            let special: [UInt8] = [UInt8(ascii: "="), UInt8(ascii: "%")]
            if attribute.name.contains(where: special.contains) {
                let name = attribute.name.flatMap { byte -> [UInt8] in
                    special.contains(byte) ? Array("%\(Hex.encode(CollectionOfOne(byte)).uppercased())".utf8) : [byte]
                }
                body += Self.record("LIBARCHIVE.xattr.".utf8 + name, PaxValue.base64(attribute.value))
            } else {
                body += Self.record("SCHILY.xattr.".utf8 + attribute.name, attribute.value)
            }
        }

        /// A record begins with its own length, digits included.
        private static func record(_ key: some Collection<UInt8>, _ value: some Collection<UInt8>) -> [UInt8] {
            let rest = key.count + value.count + 3
            var length = rest + String(rest).utf8.count
            if String(length).utf8.count > String(rest).utf8.count { length = rest + String(length).utf8.count }
            return Array("\(length) ".utf8) + key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        }
    }
}
