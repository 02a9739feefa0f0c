/// A member of an object as it stands in a document.
package struct JSONMember: Hashable, Sendable {
    /// The name as written.
    package let name: String
    /// The value.
    package let value: JSONValue

    /// Makes a member.
    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }

    /// Whether a name means the field `field`, whatever the case of its letters: Go's `encoding/json` finds the fields of its
    /// structures so (`strings.EqualFold`).
    package static func isSame(_ name: String, _ field: String) -> Bool {
        name == field || folded(name) == folded(field)
    }

    /// What all spellings of a name have in common. The two signs are those that Unicode folds to ASCII letters; other
    /// letters are in no field's name.
    static func folded(_ name: String) -> [UInt8] {
        // Nearly every name there is.
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            return name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        }
        var folded: [UInt8] = []
        for scalar in name.unicodeScalars {
            switch scalar {
            case "A"..."Z": folded.append(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
            case "\u{17F}": folded.append(UInt8(ascii: "s"))
            case "\u{212A}": folded.append(UInt8(ascii: "k"))
            default: folded += Array(String(scalar).utf8)
            }
        }
        return folded
    }
}
