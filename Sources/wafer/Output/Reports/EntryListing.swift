import CVMFS
import Foundation
import Plumbing

/// Entries of a repository, line by line: a repository may have millions.
struct EntryListing {
    private let form: ListFormat
    private let isLong: Bool
    private var output = BufferedOutput()
    private var isFirst = true

    /// Names in CSV and JSON. The content's hash tells equal files apart from others without reading them.
    private static let names = [
        "path", "type", "mode", "links", "uid", "gid", "size", "major", "minor", "mtime", "mtime_ns", "target", "hash",
        "xattrs",
    ]

    /// A listing in one of the forms; `isLong` counts for people's only.
    init(_ form: ListFormat, isLong: Bool) {
        self.form = form
        self.isLong = isLong
    }

    /// Writes one entry under a name, the shown path of it.
    mutating func add(_ entry: CatalogEntry, as name: String) throws {
        switch form {
        case .table:
            try output.write((isLong ? Self.long(entry, name) : name) + "\n")
        case .csv:
            if isFirst { try output.write(CSV.line(Self.names)) }
            try output.write(CSV.line(Self.cells(entry, name).map(\.field)))
        case .json:
            let object = JSONValue.object(Self.members(entry, name))
            try output.write((isFirst ? "[\n" : ",\n") + object.text(pretty: false))
        }
        isFirst = false
    }

    /// Writes what is missing when all entries were added.
    mutating func finish() throws {
        switch form {
        case .table: break
        case .csv: if isFirst { try output.write(CSV.line(Self.names)) }
        case .json: try output.write(isFirst ? "[]\n" : "\n]\n")
        }
        try output.flush()
    }

    /// As `ls -l` shows it, in columns of fixed width: entries are not kept to measure them.
    private static func long(_ entry: CatalogEntry, _ name: String) -> String {
        let size = device(entry).map { "\($0.major), \($0.minor)" } ?? String(entry.size)
        let time = Date(timeIntervalSince1970: TimeInterval(entry.modified)).formatted(.iso8601)
        let target = entry.type == .symlink ? " -> \(Printable.text(entry.symlink, limit: .max))" : ""
        let columns = [
            EntryMode.text(entry), right(String(entry.linkCount), 3), right(String(entry.uid), 5),
            right(String(entry.gid), 5), right(size, 11), time, name + target,
        ]
        return columns.joined(separator: " ")
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    private static func device(_ entry: CatalogEntry) -> DeviceNumber? {
        switch entry.type {
        case .characterDevice, .blockDevice: DeviceNumber(encoded: entry.size)
        default: nil
        }
    }

    /// All that JSON has of an entry.
    static func members(_ entry: CatalogEntry, _ name: String) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: zip(names, cells(entry, name).map(\.json)))
    }

    private static func cells(_ entry: CatalogEntry, _ name: String) -> [Cell] {
        let device = device(entry)
        return [
            .text(name), .text(EntryMode.word(entry.type)), .text(String(entry.mode & 0o7777, radix: 8)),
            .number(Int64(entry.linkCount)), .number(entry.uid), .number(entry.gid), .number(entry.size),
            .optional(device) { .number(Int64($0.major)) }, .optional(device) { .number(Int64($0.minor)) },
            .time(Date(timeIntervalSince1970: TimeInterval(entry.modified))),
            .optional(entry.nanoseconds, Cell.number),
            entry.type == .symlink ? .text(Printable.text(entry.symlink, limit: .max)) : .none,
            .optional(entry.hash?.description), .optional(attributes(entry)),
        ]
    }

    /// `name=HEX` for each, with a blank between them.
    private static func attributes(_ entry: CatalogEntry) -> String? {
        guard let blob = entry.xattrs else { return nil }
        guard let attributes = ExtendedAttributes(blob: blob) else { return "unreadable" }
        return attributes.attributes
            .map { "\(Printable.text($0.name))=\(Hex.encode($0.value))" }
            .joined(separator: " ")
    }
}
