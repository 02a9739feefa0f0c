import Plumbing

/// One member's own header block with the extended records that overrule it.
struct MemberReading {
    /// A field that cannot be understood.
    struct Problem: Error {
        let text: String
    }

    let block: UnsafeRawBufferPointer
    let records: PaxRecords?
    let blocks: TarHeaderBlocks

    var typeFlag: UInt8 { block[TarField.typeFlag] }

    private var isGNU: Bool { block[TarField.magic].elementsEqual("ustar  \0".utf8) }
    private var isUstar: Bool { !isGNU && block[TarField.magic].starts(with: "ustar".utf8) }

    /// The member's name. Throws ``LayerError`` where two sources name it differently.
    func path() throws -> [UInt8] {
        let paxName = records?.value("GNU.sparse.name") ?? records?.value("path")
        if let paxName, let longName = blocks.longName, paxName != longName {
            throw LayerError(.refused("the member has two names, \"\(Printable.text(longName))\" too"), entry: paxName)
        }
        if let name = paxName ?? blocks.longName { return name }
        let name = TarField.text(block, TarField.name)
        guard isUstar else { return name }
        let isStar = block[TarField.starTrailer].elementsEqual("tar\0".utf8)
        let prefix = TarField.text(block, isStar ? TarField.starPrefix : TarField.prefix)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The link target, empty where there is none.
    func link() throws -> [UInt8] {
        let paxLink = records?.value("linkpath")
        if let paxLink, let longLink = blocks.longLink, paxLink != longLink {
            throw Problem(text: "two link targets, \"\(Printable.text(paxLink))\" and \"\(Printable.text(longLink))\"")
        }
        return paxLink ?? blocks.longLink ?? TarField.text(block, TarField.link)
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

    /// An owner or group: 0 to 2^32-1.
    func identifier(_ key: StaticString, _ field: Range<Int>) throws -> UInt32 {
        let value = try number(key, orField: field)
        guard let identifier = UInt32(exactly: value) else {
            throw Problem(text: "the \(key) \(value) is not between 0 and \(UInt32.max)")
        }
        return identifier
    }

    /// Half of a device number. The seventh edition's format has none.
    func deviceNumber(_ key: StaticString, _ field: Range<Int>) throws -> UInt32 {
        if records?.value(key) == nil, !isGNU, !isUstar { return 0 }
        let value = try number(key, orField: field)
        guard let number = UInt32(exactly: value) else {
            throw Problem(text: "the device number \(value) is not between 0 and \(UInt32.max)")
        }
        return number
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
        if let records, records.value("SCHILY.realsize") != nil || records.value("SUN.holesdata") != nil {
            throw Problem(text: "sparse files in the forms of star and Solaris are not supported")
        }
        let isPaxSparse = records?.hasKey(startingWith: "GNU.sparse.") ?? false
        switch typeFlag {
        case TarHeader.TypeFlag.oldSparseFile:
            guard isGNU, !isPaxSparse else { throw Problem(text: "a GNU sparse file in an archive of another format") }
            return (try size("real size", TarField.realSize), try storedSize(), .blocks)
        case TarHeader.TypeFlag.file where isPaxSparse:
            let realSize = records?.value("GNU.sparse.realsize") ?? records?.value("GNU.sparse.size")
            guard let size = realSize.flatMap(PaxValue.integer), size >= 0 else {
                throw Problem(text: "a sparse file without its size")
            }
            return (size, try storedSize(), paxForm)
        case _ where isPaxSparse:
            throw Problem(text: "only a regular file can be sparse")
        case TarHeader.TypeFlag.oldFile, TarHeader.TypeFlag.file, TarHeader.TypeFlag.contiguousFile:
            let size = try storedSize()
            return (size, size, nil)
        default:
            // The other types have no content, whatever the field says: POSIX ustar, "typeflag".
            return (0, 0, nil)
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

    /// The extended attributes in every form that tar writers use.
    ///
    /// `SCHILY.xattr.NAME` holds the raw value; `LIBARCHIVE.xattr.NAME` a percent-encoded name and a value in base 64;
    /// `RHT.security.selinux` is how old GNU tar spelt one of them. The first form wins where bsdtar wrote two.
    func attributes() throws -> [ExtendedAttribute] {
        guard let records else { return [] }
        var values: [[UInt8]: [UInt8]] = [:]
        for (key, value) in records.records where key.starts(with: "LIBARCHIVE.xattr.".utf8) {
            guard let name = PaxValue.percentDecoded(key.dropFirst(17)),
                let decoded = PaxValue.base64Decoded(value)
            else {
                throw Problem(text: "the record \(Printable.text(key)) is not encoded as it should be")
            }
            values[name] = decoded
        }
        for (key, value) in records.records {
            if key.elementsEqual("RHT.security.selinux".utf8) {
                values[Array("security.selinux".utf8)] = value
            } else if key.starts(with: "SCHILY.xattr.".utf8) {
                values[Array(key.dropFirst(13))] = value
            }
        }
        return values.map { ExtendedAttribute(name: $0.key, value: $0.value) }
    }
}
