/// What extended headers say about the next member: GNU's long names, and the records of pax that an index needs.
struct TarExtension {
    var name: String?
    var linkTarget: String?
    var size: Int64?

    /// Takes an extended header. Those of pax for the whole archive have nothing to say about names. Throws ``LocalFault``.
    mutating func read(_ header: TarMemberHeader, _ bytes: [UInt8]) throws {
        switch header.type {
        case "L": name = TarMemberHeader.text(bytes)
        case "K": linkTarget = TarMemberHeader.text(bytes)
        case "x": try readRecords(bytes)
        default: break
        }
    }

    /// Records `LENGTH KEY=VALUE\n`, the length counting all of it.
    private mutating func readRecords(_ bytes: [UInt8]) throws {
        let fault = LocalFault(.invalidDocument, "the archive has an extended header that cannot be read")
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let blank = rest.prefix(20).firstIndex(of: 0x20),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count,
                let equals = rest[..<(rest.startIndex + length)].firstIndex(of: UInt8(ascii: "="))
            else { throw fault }
            guard equals > blank else { throw fault }
            let end = rest.startIndex + length
            guard rest[end - 1] == UInt8(ascii: "\n"), equals < end - 1 else { throw fault }
            let value = String(decoding: rest[(equals + 1)..<(end - 1)], as: UTF8.self)
            switch String(decoding: rest[(blank + 1)..<equals], as: UTF8.self) {
            case "path": name = value
            case "linkpath": linkTarget = value
            case "size":
                guard let number = Int64(value), number >= 0 else { throw fault }
                size = number
            default: break
            }
            rest = rest[end...]
        }
    }
}
