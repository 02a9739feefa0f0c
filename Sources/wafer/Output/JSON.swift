import Foundation
import Plumbing

/// A JSON value to print.
///
/// Lists have rows of many shapes, and each row has all of its names, `null` where there is no value: a script can rely
/// on them.
enum JSON: Encodable, Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case string(String)
    case array([JSON])
    case object([String: JSON])
    /// A part of a document that came from outside.
    case value(JSONValue)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        case .value(let value): try container.encode(value)
        }
    }

    /// The text, names sorted; on several lines, or on one.
    func text(pretty: Bool = true) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return Self.shown(String(decoding: try encoder.encode(self), as: UTF8.self))
    }

    /// A document of the same content that drives no terminal: what is not to be seen in it is written as `\uXXXX`.
    static func shown(_ document: String) -> String {
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
