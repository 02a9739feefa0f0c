/// A pattern for whole tags: `*` stands for any text, `?` for one character, `[a-c]` for one of a set, `[!a-c]` for one that is
/// not in it.
package struct TagGlob: Sendable, Equatable, CustomStringConvertible {
    private enum Part: Sendable, Equatable {
        case one(UInt8)
        case any
        case text
        case set([ClosedRange<UInt8>], isInverted: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .one(let own): own == byte
            case .any: true
            case .text: false
            case .set(let ranges, let isInverted): ranges.contains { $0.contains(byte) } != isInverted
            }
        }
    }

    /// The pattern as it was written.
    package let description: String
    private let parts: [Part]

    /// The longest tag has 128 characters; sets need some more.
    private static let longest = 1_024

    /// Reads a pattern; nil where a bracket has no other, where it is empty, and where it can match no tag.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
        var parts: [Part] = []
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "*"): if parts.last != .text { parts.append(.text) }
            case UInt8(ascii: "?"): parts.append(.any)
            case UInt8(ascii: "["):
                guard let end = bytes[(place + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")),
                    let set = Self.set(bytes[(place + 1)..<end])
                else { return nil }
                parts.append(set)
                place = end
            case let byte where Self.isOfTags(byte): parts.append(.one(byte))
            default: return nil
            }
            place += 1
        }
        self.parts = parts
        description = text
    }

    /// Whether a text has characters that mean something in a pattern.
    package static func isPattern(_ text: some StringProtocol) -> Bool {
        text.utf8.contains { "*?[".utf8.contains($0) }
    }

    private static func isOfTags(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "._-".utf8.contains(byte)
        }
    }

    private static func set(_ bytes: ArraySlice<UInt8>) -> Part? {
        let isInverted = bytes.first == UInt8(ascii: "!")
        var rest = isInverted ? bytes.dropFirst() : bytes
        var ranges: [ClosedRange<UInt8>] = []
        while let first = rest.popFirst() {
            guard rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first else {
                ranges.append(first...first)
                continue
            }
            guard first <= last else { return nil }
            ranges.append(first...last)
            rest = rest.dropFirst(2)
        }
        return ranges.isEmpty ? nil : .set(ranges, isInverted: isInverted)
    }

    /// Whether it stands for a whole tag. The work is bounded by the product of both lengths.
    package func matches(_ tag: String) -> Bool {
        let bytes = Array(tag.utf8)
        var (place, part) = (0, 0)
        // Where the newest `*` stands, and how far its text goes.
        var last: (part: Int, end: Int)?
        while place < bytes.count {
            if part < parts.count, parts[part] == .text {
                last = (part, place)
                part += 1
            } else if part < parts.count, parts[part].matches(bytes[place]) {
                part += 1
                place += 1
            } else if let (star, end) = last {
                last = (star, end + 1)
                part = star + 1
                place = end + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .text }
    }
}
