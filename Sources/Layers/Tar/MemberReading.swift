import Plumbing

/// One member's own header block with the extended records that overrule it.
struct MemberReading {
    /// A number as the kernel takes it.
    struct Rounded<Value> {
        let value: Value
        /// Whether the archive says another one.
        let isChanged: Bool

        init(_ value: Value, isChanged: Bool) {
            self.value = value
            self.isChanged = isChanged
        }
    }

    /// A field that cannot be understood.
    struct Problem: Error {
        let text: String
    }

    let block: UnsafeRawBufferPointer
    let records: PaxRecords?
    let blocks: TarHeaderBlocks

    /// The blocks of one header, the member's own included, which stay in use. Throws ``LayerError``.
    init(_ header: UnsafeRawBufferPointer) throws {
        blocks = try TarHeaderBlocks(header)
        guard let block = blocks.own else { throw LayerError(.malformed("extended headers without a member")) }
        self.block = block
        records = blocks.records
    }

    var typeFlag: UInt8 { block[TarField.typeFlag] }

    private var isGNU: Bool { block[TarField.magic].elementsEqual("ustar  \0".utf8) }
    private var isUstar: Bool { block[TarField.magic].starts(with: "ustar\0".utf8) }

    /// The member's name. GNU's long name goes before that of a record, as in Go.
    func path() throws -> [UInt8] {
        if let name = blocks.longName { return name }
        let sparseName = paxForm == nil ? nil : records?.value("GNU.sparse.name")
        if let name = sparseName ?? records?.value("path") {
            guard !name.contains(0) else { throw LayerError(.refused("a name holds a NUL byte"), entry: name) }
            return name
        }
        let name = TarField.text(block, TarField.name)
        let prefix = prefix
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    private var prefix: [UInt8] {
        if isUstar {
            let isStar = block[TarField.starTrailer].elementsEqual("tar\0".utf8)
            return TarField.text(block, isStar ? TarField.starPrefix : TarField.prefix)
        }
        guard isGNU else { return [] }
        // GNU has times there; Go before 1.8 wrote a prefix all the same, and Go since then reads it.
        let areTimes = TarField.gnuTimes.allSatisfy { TarField.number(block, $0) != nil }
        let prefix = TarField.text(block, TarField.prefix)
        return areTimes || prefix.contains { $0 >= 0x80 } ? [] : prefix
    }

    /// The link target, empty where there is none.
    func link() throws -> [UInt8] {
        let link = blocks.longLink ?? records?.value("linkpath") ?? TarField.text(block, TarField.link)
        guard !link.contains(0) else { throw Problem(text: "the target of a link holds a NUL byte") }
        return link
    }

    /// A number of the block alone.
    func number(_ name: StaticString, _ field: Range<Int>) throws -> Int64 {
        if let value = TarField.number(block, field) { return value }
        throw Problem(text: "the field \(name) is not a number")
    }

    /// A number, from the record of this key where there is one.
    private func number(_ key: StaticString, orField field: Range<Int>) throws -> Int64 {
        guard let text = records?.value(key) else { return try number(key, field) }
        guard let value = PaxValue.integer(text) else { throw Problem(text: "the record \(key) is not a number") }
        return value
    }

    /// An owner or group in 32 bits, as `chown` takes it; the largest one means there that nothing is changed, and so
    /// that the file stays root's.
    func identifier(_ key: StaticString, _ field: Range<Int>) throws -> Rounded<UInt32> {
        let value = try number(key, orField: field)
        let identifier = UInt32(truncatingIfNeeded: value)
        return Rounded(identifier == .max ? 0 : identifier, isChanged: Int64(identifier) != value || identifier == .max)
    }

    /// Half of a device number, in the bits that `mknod` takes of it. The seventh edition's format has none.
    func deviceNumber(_ key: StaticString, _ field: Range<Int>, bits: Int) throws -> Rounded<UInt32> {
        if records?.value(key) == nil, !isGNU, !isUstar { return Rounded(0, isChanged: false) }
        let value = try number(key, orField: field)
        let number = UInt32(truncatingIfNeeded: value & (1 << bits - 1))
        return Rounded(number, isChanged: Int64(number) != value)
    }

    /// The time of the last change.
    func time() throws -> (Int64, Int32) {
        guard let text = records?.value("mtime") else { return (try number("mtime", TarField.mtime), 0) }
        guard let time = PaxValue.time(text) else { throw Problem(text: "the record mtime is not a time") }
        return time
    }
}

extension MemberReading {
    /// The size of the file, what is stored of it, and in which form where that has holes.
    func sizes() throws -> (size: Int64, stored: Int64, form: SparseForm?) {
        let paxForm = paxForm
        switch typeFlag {
        case TarHeader.TypeFlag.oldSparseFile:
            guard isGNU, paxForm == nil else {
                throw Problem(text: "a GNU sparse file in an archive of another format")
            }
            return (try size("real size", TarField.realSize), try storedSize(), .blocks)
        case TarHeader.TypeFlag.hardLink, TarHeader.TypeFlag.symlink, TarHeader.TypeFlag.characterDevice,
            TarHeader.TypeFlag.blockDevice, TarHeader.TypeFlag.directory, TarHeader.TypeFlag.fifo:
            guard paxForm == nil else { throw Problem(text: "only a regular file can be sparse") }
            // These have no content, whatever the field says: POSIX ustar, "typeflag".
            return (0, 0, nil)
        default:
            let stored = try storedSize()
            let realSize = records?.value("GNU.sparse.size") ?? records?.value("GNU.sparse.realsize")
            guard let paxForm, let realSize else { return (stored, stored, paxForm) }
            guard let size = PaxValue.integer(realSize), size >= 0 else {
                throw Problem(text: "the size of a sparse file is not a number")
            }
            return (size, stored, paxForm)
        }
    }

    private func storedSize() throws -> Int64 {
        let size = try number("size", orField: TarField.size)
        // Small enough to be added to positions: nothing of this size can follow anyway.
        guard (0...(Int64.max / 4)).contains(size) else { throw Problem(text: "the size \(size) is not possible") }
        return size
    }

    private func size(_ name: StaticString, _ field: Range<Int>) throws -> Int64 {
        let size = try number(name, field)
        guard size >= 0 else { throw Problem(text: "the size \(size) is negative") }
        return size
    }

    /// The extended attributes: `SCHILY.xattr.NAME` holds a raw value, and `RHT.security.selinux` is how old GNU tar spelt
    /// one of them. bsdtar's own form besides, `LIBARCHIVE.xattr.NAME`, no unpacker of images reads.
    func attributes() -> [ExtendedAttribute] {
        guard let records else { return [] }
        var values: [[UInt8]: [UInt8]] = [:]
        for (key, value) in records.records {
            if key.elementsEqual("RHT.security.selinux".utf8) {
                values[Array("security.selinux".utf8)] = value
            } else if key.starts(with: "SCHILY.xattr.".utf8) {
                values[Array(key.dropFirst(13))] = value
            }
        }
        return values.map { ExtendedAttribute(name: $0.key, value: $0.value) }
    }

    /// Whether there are attributes in bsdtar's form alone.
    var hasForeignAttributes: Bool {
        guard let records, records.hasKey(startingWith: "LIBARCHIVE.xattr.") else { return false }
        return !records.hasKey(startingWith: "SCHILY.xattr.")
    }
}
