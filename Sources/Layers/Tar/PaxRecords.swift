/// The records of one pax extended header, as raw bytes (POSIX pax, "pax Extended Header").
struct PaxRecords {
    /// A record breaks the format.
    struct Malformed: Error {
        let problem: String
    }

    /// Keys and values in the order of the archive. A later record of the same key replaces an earlier one.
    private(set) var records: [(key: [UInt8], value: [UInt8])] = []

    /// Parses the body of an extended header: `LENGTH KEY=VALUE\n` again and again, filling it exactly.
    init(_ body: UnsafeRawBufferPointer) throws(Malformed) {
        var rest = body[...]
        while !rest.isEmpty {
            let (length, digits) = try Self.length(rest)
            let record = rest.prefix(length)
            guard record.count == length, length > digits + 1, record.last == UInt8(ascii: "\n") else {
                throw Malformed(problem: "a pax record does not have the length that it says")
            }
            let content = record.dropFirst(digits + 1).dropLast()
            guard let equals = content.firstIndex(of: UInt8(ascii: "=")), equals > content.startIndex else {
                throw Malformed(problem: "a pax record has no key")
            }
            let key = Array(content[..<equals])
            guard !key.contains(0) else { throw Malformed(problem: "the key of a pax record holds a NUL byte") }
            records.append((key, Array(content[(equals + 1)...])))
            rest = rest.dropFirst(length)
        }
    }

    /// The value of the last record of this key that is not empty: an empty one takes an earlier value back.
    func value(_ key: StaticString) -> [UInt8]? {
        let value = key.withUTF8Buffer { name in records.last { $0.key.elementsEqual(name) }?.value }
        return value?.isEmpty == false ? value : nil
    }

    /// Whether some key begins so.
    func hasKey(startingWith prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in records.contains { $0.key.starts(with: prefix) } }
    }

    private static func length(_ rest: Slice<UnsafeRawBufferPointer>) throws(Malformed) -> (value: Int, digits: Int) {
        var value = 0
        var digits = 0
        for byte in rest {
            if byte == UInt8(ascii: " "), digits > 0 { return (value, digits) }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 9 else { break }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            digits += 1
        }
        throw Malformed(problem: "a pax record does not begin with its length")
    }
}
