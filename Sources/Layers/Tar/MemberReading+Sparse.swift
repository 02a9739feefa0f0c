import Plumbing

/// Where the map of a sparse file stands (GNU tar manual, "Storing Sparse Files").
enum SparseForm {
    /// In the header block and blocks behind it.
    case blocks
    /// In records that come in pairs: pax form 0.0.
    case pairs
    /// In one record: pax form 0.1.
    case list
    /// In front of the content: pax form 1.0.
    case text
}

extension MemberReading {
    /// Which of the pax forms it is; nil for a file without holes, and where the records name no version or map that Go
    /// knows, which then takes the bytes that are there.
    var paxForm: SparseForm? {
        guard let records, records.hasKey(startingWith: "GNU.sparse.") else { return nil }
        let hasPairs = records.hasKey(startingWith: "GNU.sparse.numbytes")
        func version(_ key: StaticString) -> [UInt8]? { records.value(key) }
        switch (version("GNU.sparse.major"), version("GNU.sparse.minor")) {
        case (Array("1".utf8), Array("0".utf8)): return .text
        case (Array("0".utf8), Array("0".utf8)), (Array("0".utf8), Array("1".utf8)): return hasPairs ? .pairs : .list
        case (nil, nil):
            if hasPairs { return .pairs }
            return records.value("GNU.sparse.map") == nil ? nil : .list
        default: return nil
        }
    }

    /// Reads the map and checks it against the sizes.
    ///
    /// - Parameters:
    ///   - form: where the map stands.
    ///   - rest: what was read behind the member's own block.
    ///   - size: the size of the file.
    ///   - stored: the size of the content in the archive.
    /// - Returns: the pieces of the file that are stored, and how many bytes of the map stand in the content.
    /// - Throws: ``Problem`` where the pieces are not in order, or not what the archive holds.
    func readSparseMap(
        _ form: SparseForm,
        _ rest: UnsafeRawBufferPointer,
        size: Int64,
        stored: Int64
    ) throws -> (pieces: [Range<Int64>], mapLength: Int) {
        var map = SparseMap()
        var mapLength = 0
        switch form {
        case .blocks: try readBlocks(rest, &map)
        case .pairs: try readPairs(&map)
        case .list: try readList(&map)
        case .text: mapLength = try readText(rest, &map)
        }
        try map.check(size: size, stored: stored - Int64(mapLength))
        return (map.pieces, mapLength)
    }

    private func readBlocks(_ rest: UnsafeRawBufferPointer, _ map: inout SparseMap) throws {
        let isMapped = try addEntries(block, TarField.sparseMap, &map)
        var length = 0
        var isExtended = isMapped && block[TarField.isSparseMapExtended] != 0
        while isExtended {
            guard length + TarField.blockSize <= rest.count else { throw SparseMap.malformed }
            let next = UnsafeRawBufferPointer(rebasing: rest[length..<(length + TarField.blockSize)])
            try addEntries(next, TarField.sparseMapExtension, &map)
            isExtended = next[TarField.isExtensionExtended] != 0
            length += TarField.blockSize
        }
    }

    /// Adds the entries of one block up to the first empty one; false where there was none.
    @discardableResult
    private func addEntries(
        _ block: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        _ map: inout SparseMap
    ) throws -> Bool {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 24) {
            if block[start] == 0 { return start > range.lowerBound }
            try map.add(
                offset: TarField.number(block, start..<(start + 12)),
                count: TarField.number(block, (start + 12)..<(start + 24))
            )
        }
        return true
    }

    private func readPairs(_ map: inout SparseMap) throws {
        var offset: Int64?
        for (key, value) in records?.records ?? [] {
            if key.elementsEqual("GNU.sparse.offset".utf8) {
                guard offset == nil else { throw SparseMap.malformed }
                offset = PaxValue.integer(value)
            } else if key.elementsEqual("GNU.sparse.numbytes".utf8) {
                try map.add(offset: offset, count: PaxValue.integer(value))
                offset = nil
            }
        }
        guard offset == nil, map.hasPieces else { throw SparseMap.malformed }
    }

    private func readList(_ map: inout SparseMap) throws {
        let list = records?.value("GNU.sparse.map") ?? []
        var numbers = list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)[...]
        guard numbers.count.isMultiple(of: 2) else { throw SparseMap.malformed }
        while let offset = numbers.popFirst(), let count = numbers.popFirst() {
            try map.add(offset: PaxValue.integer(offset), count: PaxValue.integer(count))
        }
    }

    /// A number a line: how many pieces, then offset and count of each; filled up to whole blocks.
    private func readText(_ rest: UnsafeRawBufferPointer, _ map: inout SparseMap) throws -> Int {
        var position = rest.startIndex
        func number() throws -> Int64 {
            guard let end = rest[position...].firstIndex(of: UInt8(ascii: "\n")),
                let number = PaxValue.integer(rest[position..<end])
            else {
                throw SparseMap.malformed
            }
            position = end + 1
            return number
        }
        let pieces = try number()
        guard (0...Int64(rest.count)).contains(pieces) else { throw SparseMap.malformed }
        for _ in 0..<pieces {
            let offset = try number()
            try map.add(offset: offset, count: try number())
        }
        return TarField.padded(position)
    }
}
