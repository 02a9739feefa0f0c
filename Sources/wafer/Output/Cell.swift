import Foundation
import Plumbing

/// A value of a list in its three forms: for a table, for CSV, for JSON.
enum Cell: Sendable {
    case text(String)
    case number(Int64)
    /// A number of bytes, which tables show in larger units.
    case bytes(Int64)
    /// A digest, which tables cut to its first digits.
    case digest(String)
    case flag(Bool)
    case time(Date)
    /// Several words, with commas between them; an array in JSON.
    case list([String])
    /// Not there: an empty cell, `null` in JSON.
    case none

    /// A value that may be missing.
    static func optional<Value>(_ value: Value?, _ make: (Value) -> Cell) -> Cell {
        value.map(make) ?? .none
    }

    /// Text that may be missing.
    static func optional(_ text: String?) -> Cell {
        optional(text, Cell.text)
    }

    /// A moment that may be missing.
    static func optional(_ time: Date?) -> Cell {
        optional(time, Cell.time)
    }

    /// What tables show.
    var shown: String {
        switch self {
        case .bytes(let bytes): ByteCount.text(bytes)
        // "sha256:" and twelve digits, as other tools for images show it.
        case .digest(let digest): Printable.text(digest, limit: .max).prefix(19).description
        default: field
        }
    }

    /// What CSV has. Text may come from outside: control characters are escaped, nothing is cut.
    var field: String {
        switch self {
        case .text(let text), .digest(let text): Printable.text(text, limit: .max)
        case .number(let number), .bytes(let number): String(number)
        case .flag(let flag): String(flag)
        case .time(let time): time.formatted(.iso8601)
        case .list(let words): words.map { Printable.text($0, limit: .max) }.joined(separator: ",")
        case .none: ""
        }
    }

    /// The value itself; times as ISO 8601 text in UTC.
    var json: JSONValue {
        switch self {
        case .text(let text), .digest(let text): .string(text)
        case .number(let number), .bytes(let number): .integer(number)
        case .flag(let flag): .bool(flag)
        case .time(let time): .string(time.formatted(.iso8601))
        case .list(let words): .array(words.map(JSONValue.string))
        case .none: .null
        }
    }
}
