/// Reads one value of `WWW-Authenticate`: a list of challenges, each with a list of parameters, both separated by commas.
///
/// A word after a comma begins a challenge, unless "=" follows it: then it is a parameter (RFC 9110 §11.2).
struct ChallengeParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ value: String) {
        bytes = Array(value.utf8)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func challenges() -> [Challenge] {
        var challenges: [Challenge] = []
        while true {
            skip { Self.isBlank($0) || $0 == UInt8(ascii: ",") }
            guard let scheme = word() else { return challenges }
            skip(Self.isBlank)
            let parameters = parameters()
            challenges.append(Challenge(scheme: scheme.lowercased(), parameters: parameters))
        }
    }

    private mutating func parameters() -> [String: String] {
        var parameters: [String: String] = [:]
        while true {
            let start = position
            skip { Self.isBlank($0) || $0 == UInt8(ascii: ",") }
            guard let name = word() else { return parameters }
            skip(Self.isBlank)
            guard next == UInt8(ascii: "=") else {
                // The scheme of the next challenge.
                position = start
                return parameters
            }
            guard let value = value() else {
                // The "token68" of another scheme, or a quote that does not end: on to the next part.
                skip { $0 != UInt8(ascii: ",") }
                continue
            }
            parameters[name.lowercased()] = parameters[name.lowercased()] ?? value
        }
    }

    /// What stands after "=": a word or a quoted string; nil where neither does.
    private mutating func value() -> String? {
        position += 1
        skip(Self.isBlank)
        guard next == UInt8(ascii: "\"") else { return word() }
        position += 1
        var value: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next else { return nil }
                value.append(escaped)
                position += 1
            default: value.append(byte)
            }
        }
        return nil
    }

    private mutating func word() -> String? {
        let start = position
        skip(Self.isTokenByte)
        return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while let byte = next, isSkipped(byte) { position += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// `token` of RFC 9110 §5.6.2, and "/", ":" and more that servers write without the quotes that they need.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\",=\\".utf8.contains(byte)
    }
}
