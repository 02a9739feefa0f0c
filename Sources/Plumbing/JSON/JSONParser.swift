/// A reader of JSON (RFC 8259): nothing after the value, bounded nesting. Where documents are odd it takes what Go's
/// [`encoding/json`](https://pkg.go.dev/encoding/json#Unmarshal) takes, with which Docker and containerd read them: U+FFFD for
/// what is not UTF-8 and for half a surrogate pair, and any number of digits.
struct JSONParser {
    /// Nesting deeper than this is refused: image documents have about six levels, and each costs stack.
    static let maximumDepth = 100

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// The value of a document, or ``JSONSyntaxError``.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer)
            let value = try parser.value()
            parser.skipBlanks()
            guard parser.position == buffer.count else { throw parser.fault("more follows the value") }
            return value
        }
    }

    /// The elements of a document that is an array, each with where it stands; nil where it is something else. Throws
    /// ``JSONSyntaxError``.
    static func elements(_ bytes: [UInt8]) throws -> [(value: JSONValue, range: Range<Int>)]? {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer)
            var ranges: [Range<Int>] = []
            parser.skipBlanks()
            let isArray = parser.next == UInt8(ascii: "[")
            let value =
                isArray ? .array(try parser.nested { try $0.elements { ranges.append($0) } }) : try parser.value()
            parser.skipBlanks()
            guard parser.position == buffer.count else { throw parser.fault("more follows the value") }
            return value.array.map { zip($0, ranges).map { ($0, $1) } }
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private func fault(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(problem: problem, offset: position)
    }

    /// The next byte, nil at the end.
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over the byte if it comes next.
    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws -> JSONValue {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try nested { try $0.members() }
        case UInt8(ascii: "["): return .array(try nested { try $0.elements() })
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(0x30...0x39): return try number()
        case nil: throw fault("it ends too early")
        default: throw fault("no value begins like this")
        }
    }

    private mutating func nested<Value>(_ body: (inout JSONParser) throws -> Value) throws -> Value {
        guard depth < Self.maximumDepth else { throw fault("it is nested too deeply") }
        position += 1
        depth += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard isThere else { throw fault("no value begins like this") }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func elements(_ seen: (Range<Int>) -> Void = { _ in }) throws -> [JSONValue] {
        var elements: [JSONValue] = []
        skipBlanks()
        if take("]") { return elements }
        while true {
            skipBlanks()
            let start = position
            elements.append(try value())
            seen(start..<position)
            skipBlanks()
            if take("]") { return elements }
            guard take(",") else { throw fault("\",\" or \"]\" is missing") }
        }
    }

    private mutating func members() throws -> JSONValue {
        var members = JSONMembers()
        skipBlanks()
        if take("}") { return members.value }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fault("a member's name is missing") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw fault("\":\" is missing") }
            members.append(name, try value())
            skipBlanks()
            if take("}") { return members.value }
            guard take(",") else { throw fault("\",\" or \"}\" is missing") }
        }
    }
}

extension JSONParser {
    private mutating func digits() throws {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        var isWhole = true
        _ = take("-")
        // A leading zero stands alone.
        if !take("0") { try digits() }
        if take(".") {
            isWhole = false
            try digits()
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let number = Double(text) else { throw fault("the number cannot be read") }
        // Most are in members that nobody reads; JSON has no infinity to write them with.
        let limit = Double.greatestFiniteMagnitude
        return .number(min(max(number, -limit), limit))
    }

    private mutating func string() throws -> String {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            switch next {
            case nil: throw fault("a string does not end")
            case UInt8(ascii: "\""):
                let raw = bytes[start..<position]
                let text = hasEscapes ? try unescape(raw) : Self.text(raw)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            case .some(0..<0x20): throw fault("a string has a control character")
            default: position += 1
            }
        }
    }

    /// The text of bytes, with U+FFFD for each byte that belongs to no sign.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var iterator = bytes.makeIterator()
        var decoder = Unicode.UTF8.ForwardParser()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): text.unicodeScalars.append(Unicode.UTF8.decode(scalar))
            // `String(decoding:)` has one for the whole beginning of a sign.
            case .error(let length): text += String(repeating: "\u{FFFD}", count: length)
            case .emptyInput: return text
            }
        }
    }

    private func unescape(_ raw: Slice<UnsafeBufferPointer<UInt8>>) throws -> String {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text += Array(String(try escapedScalar(&rest)).utf8)
            case .some(let plain) where "\"\\/".utf8.contains(plain): text.append(plain)
            default: throw fault("a string has an unknown escape")
            }
        }
        return Self.text(text)
    }

    /// The sign of an escape, with the second half of its surrogate pair; U+FFFD for a half alone.
    private func escapedScalar(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) throws -> Unicode.Scalar {
        let first = try codeUnit(&rest)
        if let scalar = Unicode.Scalar(first) { return scalar }
        var ahead = rest
        guard UTF16.isLeadSurrogate(first), ahead.popFirst() == UInt8(ascii: "\\"),
            ahead.popFirst() == UInt8(ascii: "u"),
            case let second = try codeUnit(&ahead), UTF16.isTrailSurrogate(second)
        else { return "\u{FFFD}" }
        rest = ahead
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private func codeUnit(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) throws -> UInt16 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("a string has an unknown escape") }
        return unit
    }
}
