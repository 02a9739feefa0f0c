import Foundation
import Plumbing

/// The rows of a list as a JSON array, as `JSONEncoder` writes it on several lines: that takes a second for each ten thousand
/// rows of twenty-seven members.
struct ListingJSON {
    private let columns: [(index: Int, name: String)]
    private var text: [UInt8] = []

    /// A list with these names, which need no escapes, in the order of the columns.
    init(names: [String]) {
        columns = names.enumerated().map { (index: $0.offset, name: $0.element) }.sorted { $0.name < $1.name }
    }

    /// The whole array with its last newline. Throws `EncodingError` for a text that cannot be written.
    mutating func array(_ rows: [[Cell]]) throws -> String {
        if rows.isEmpty { return "[]\n" }
        add("[\n")
        for (number, row) in rows.enumerated() {
            if number > 0 { add(",\n") }
            add("  {\n")
            for (position, column) in columns.enumerated() {
                add(position == 0 ? "    \"" : ",\n    \"")
                add(column.name)
                add("\" : ")
                try add(row[column.index])
            }
            add("\n  }")
        }
        add("\n]\n")
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func add(_ cell: Cell) throws {
        switch cell {
        case .text(let text), .digest(let text): try add(quoted: text)
        case .number(let number), .bytes(let number): add(String(number))
        case .flag(let flag): add(flag ? "true" : "false")
        case .time(let time): try add(quoted: time.formatted(.iso8601))
        case .list(let words):
            add("[\n")
            for (number, word) in words.enumerated() {
                add(number == 0 ? "      " : ",\n      ")
                try add(quoted: word)
            }
            add("\n    ]")
        case .none: add("null")
        }
    }

    private mutating func add(_ part: String) {
        text.append(contentsOf: part.utf8)
    }

    private mutating func add(quoted string: String) throws {
        guard string.utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            return add(try JSONValue.string(string).text(pretty: false))
        }
        text.append(UInt8(ascii: "\""))
        add(string)
        text.append(UInt8(ascii: "\""))
    }
}
