import Plumbing

/// Printing JSON.
///
/// Lists have rows of many shapes, and each row has all of its names, `null` where there is no value: a script can rely
/// on them.
extension JSONValue {
    /// The text, names sorted; on several lines, or on one.
    func text(pretty: Bool = true) throws -> String {
        Self.shown(String(decoding: try JSONDocument.encode(self, pretty: pretty), as: UTF8.self))
    }

    /// A document of the same content that drives no terminal: what is not to be seen in it is written as `\uXXXX`.
    static func shown(_ document: String) -> String {
        if document.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == UInt8(ascii: "\n") }) { return document }
        var text = ""
        for scalar in document.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || !Printable.isHidden(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return text
    }
}
