import Foundation
import GRDB
import Plumbing

/// One row of the original program's database.
///
/// Its type STRING has numeric affinity: what looks like a number was stored as one, and its exact text is lost.
struct OriginalRow: Sendable {
    let table: String
    let number: Int64
    private let values: [String: DatabaseValue]

    init(table: String, row: Row) {
        self.table = table
        var values: [String: DatabaseValue] = [:]
        for (column, value) in row { values[column.lowercased()] = value }
        number = values["rowid"].flatMap(Int64.fromDatabaseValue) ?? 0
        values["rowid"] = nil
        self.values = values
    }

    /// `image 5`, for messages.
    var label: String { "\(table) \(number)" }

    /// The column's text; nil for NULL, the empty string, and bytes that are no text.
    func text(_ column: String) -> String? {
        let text: String? =
            switch values[column]?.storage {
            case .string(let string): string
            case .int64(let integer): String(integer)
            case .double(let double): String(double)
            case .blob(let data): String(data: data, encoding: .utf8)
            case .null, nil: nil
            }
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The column's whole number, nil if it holds none.
    func integer(_ column: String) -> Int64? {
        guard case .int64(let integer) = values[column]?.storage else { return nil }
        return integer
    }

    /// Whether the column was damaged: it holds a number where there was text.
    func isNumber(_ column: String) -> Bool {
        switch values[column]?.storage {
        case .int64, .double: true
        default: false
        }
    }

    /// What to tell the operator about a damaged column; nil if it is not.
    func damage(_ column: String, called name: String) -> String? {
        guard isNumber(column), let text = text(column) else { return nil }
        let guess =
            switch values[column]?.storage {
            case .int64: "the \(name) may have been 0\(text) or \(text).0"
            case .double where !text.contains("e") && text.contains("."): "the \(name) may have been \(text)0"
            default: "the \(name) was longer than a number can hold"
            }
        return "\(label): stored as the number \(text); \(guess)"
    }

    /// The row for the table `set_aside`: all but passwords.
    func setAside(_ reason: String) throws -> SetAsideRow {
        var columns: [String: String?] = [:]
        for column in values.keys where column != "password" { columns[column] = .some(text(column)) }
        let content = String(decoding: try JSONDocument.encode(columns), as: UTF8.self)
        return SetAsideRow(table: table, content: content, reason: Printable.text(reason))
    }
}
