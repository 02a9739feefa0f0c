/// A file with holes, in the four forms that GNU tar has written (GNU tar manual, "Storing Sparse Files").
extension TarBuilder {
    /// The forms.
    package enum SparseForm: CaseIterable, Sendable {
        case oldGNU
        case pax00
        case pax01
        case pax10
    }

    /// A piece of content between holes.
    package typealias Piece = (offset: Int, bytes: [UInt8])

    /// A file of `size` bytes that is zero outside the pieces.
    package mutating func sparse(
        _ name: RawBytes,
        size: Int64,
        _ pieces: [Piece],
        form: SparseForm,
        _ change: Change = { _ in }
    ) {
        var file = TarMember(name, type: "0", content: pieces.flatMap(\.bytes))
        // GNU tar ends every map with an empty piece at the end of the file.
        let map = pieces.map { ($0.offset, $0.bytes.count) } + [(Int(size), 0)]
        switch form {
        case .oldGNU:
            return oldSparse(file, size: size, map, change)
        case .pax00:
            let places = map.flatMap { piece in
                Self.record("GNU.sparse.offset", "\(piece.0)") + Self.record("GNU.sparse.numbytes", "\(piece.1)")
            }
            let head = Self.record("GNU.sparse.size", "\(size)") + Self.record("GNU.sparse.numblocks", "\(map.count)")
            member(TarMember("PaxHeaders/x", type: "x", content: head + places))
        case .pax01:
            file.name = "GNUSparseFile.0/x"
            let text = map.map { "\($0.0),\($0.1)" }.joined(separator: ",")
            pax([
                "GNU.sparse.size": "\(size)", "GNU.sparse.numblocks": "\(map.count)", "GNU.sparse.name": name,
                "GNU.sparse.map": "\(text)",
            ])
        case .pax10:
            file.name = "GNUSparseFile.0/x"
            pax([
                "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": name,
                "GNU.sparse.realsize": "\(size)",
            ])
            let text = "\(map.count)\n" + map.map { "\($0.0)\n\($0.1)\n" }.joined()
            let padded = Array(text.utf8) + [UInt8](repeating: 0, count: -text.utf8.count & 511)
            file.content = padded + file.content
        }
        member(file, change)
    }

    private mutating func oldSparse(_ file: TarMember, size: Int64, _ map: [(Int, Int)], _ change: Change) {
        func entry(_ piece: (Int, Int)) -> [UInt8] {
            TarMember.number(Int64(piece.0), width: 12) + TarMember.number(Int64(piece.1), width: 12)
        }
        var file = file
        file.type = UInt8(ascii: "S")
        file.dialect = .gnu
        file.patches.append((386, RawBytes(map.prefix(4).flatMap(entry))))
        file.patches.append((482, RawBytes([map.count > 4 ? 1 : 0] + TarMember.number(size, width: 12))))
        change(&file)
        raw(file.header)
        var rest = map.dropFirst(4)
        while !rest.isEmpty {
            var block = rest.prefix(21).flatMap(entry)
            rest = rest.dropFirst(21)
            block += [UInt8](repeating: 0, count: 504 - block.count) + [rest.isEmpty ? 0 : 1]
            raw(block + [UInt8](repeating: 0, count: 7))
        }
        raw(file.content + [UInt8](repeating: 0, count: -file.content.count & 511))
    }
}
