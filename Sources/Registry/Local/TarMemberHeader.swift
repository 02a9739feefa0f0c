/// A header block of a tar archive (POSIX.1-2017, `pax`, "ustar Interchange Format"), as far as an index needs it.
struct TarMemberHeader {
    /// Bytes of a block.
    static let size: Int64 = 512

    let type: Character
    let name: String
    let size: Int64
    let linkTarget: String

    /// Whether it only says something about the next member.
    var isExtension: Bool { "xgLK".contains(type) }

    /// Reads a block, nil where it is the zeros at the end. Throws ``LocalFault``.
    init?(_ block: [UInt8], at position: Int64) throws {
        if block.allSatisfy({ $0 == 0 }) { return nil }
        func fault() -> LocalFault {
            LocalFault(.invalidDocument, "it is not a tar archive: there is no header at byte \(position)")
        }
        let sum = block.indices.reduce(Int64(0)) { $0 + ((148..<156).contains($1) ? 0x20 : Int64(block[$1])) }
        guard Self.number(block[148..<156]) == sum, let size = Self.number(block[124..<136]), size >= 0 else {
            throw fault()
        }
        type = Character(Unicode.Scalar(block[156]))
        // Only POSIX headers have a prefix; GNU's have times there.
        let hasPrefix = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = hasPrefix ? Self.text(block[345..<500]) : ""
        let own = Self.text(block[0..<100])
        name = prefix.isEmpty ? own : "\(prefix)/\(own)"
        linkTarget = Self.text(block[157..<257])
        // A link's size counts nothing behind it.
        self.size = "123456".contains(type) ? 0 : size
    }

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or GNU's big-endian form for what these cannot hold.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
            let value = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int64(exactly: value)
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        if digits.isEmpty { return 0 }
        return Int64(String(decoding: digits, as: UTF8.self), radix: 8)
    }
}
