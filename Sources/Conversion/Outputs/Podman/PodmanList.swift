import Plumbing

/// `images.json` or `layers.json`: entries with ids. Those that are not touched keep their bytes, whoever wrote them.
struct PodmanList {
    /// An entry.
    struct Entry {
        /// Empty where it has none.
        let id: String
        /// What it says.
        let value: JSONValue
        /// As what it is written.
        let bytes: ArraySlice<UInt8>

        init(_ element: JSONElement) {
            value = element.value
            bytes = element.bytes
            id = PodmanList.text("id", of: value) ?? ""
        }

        /// The names that podman reads in it.
        var names: [String] { PodmanList.member("names", of: value)?.array?.compactMap(\.string) ?? [] }

        /// The text of a member, nil where there is none.
        func text(_ name: String) -> String? { PodmanList.text(name, of: value) }
    }

    /// In the order of the document.
    private(set) var entries: [Entry]

    /// Reads a list: nothing is an empty one, as it is for podman. Throws ``ConversionError`` where it is not understood.
    init(_ bytes: [UInt8]?, at path: BytePath) throws {
        guard let bytes, !bytes.isEmpty, bytes != Array("null".utf8) else {
            entries = []
            return
        }
        do {
            entries = try JSONElement.elements(parsing: bytes, kind: "list").map(Entry.init)
        } catch let error as JSONError {
            throw ConversionError(
                "\(path.absolute) is not as podman reads it (\(error)): repair it, or remove \(PodmanStore.root.absolute) "
                    + "(wafer repository rm) and convert the images again"
            )
        }
    }

    /// The list as written: sorted by id, an entry a line.
    func encoded() -> [UInt8] {
        let sorted = entries.enumerated().sorted { left, right in
            left.element.id == right.element.id
                ? left.offset < right.offset : left.element.id.utf8.lexicographicallyPrecedes(right.element.id.utf8)
        }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        bytes.reserveCapacity(entries.reduce(8) { $0 + $1.bytes.count + 2 })
        for (number, entry) in sorted.enumerated() {
            bytes += number == 0 ? "\n".utf8 : ",\n".utf8
            bytes += entry.element.bytes
        }
        bytes += entries.isEmpty ? "]\n".utf8 : "\n]\n".utf8
        return bytes
    }

    /// Puts entries in the place of all that have their ids, each with what else the first of these says; of two with one id
    /// the later.
    mutating func put(_ new: [(id: String, members: [String: JSONValue?])]) throws {
        var wanted = Dictionary(new.map { ($0.id, $0.members) }) { $1 }
        let ids = Set(wanted.keys)
        var kept: [Entry] = []
        for entry in entries {
            if let members = wanted.removeValue(forKey: entry.id) {
                kept.append(Entry(try Self.element(entry.value.object ?? [:], with: members)))
            } else if !ids.contains(entry.id) {
                kept.append(entry)
            }
        }
        for (id, _) in new {
            if let members = wanted.removeValue(forKey: id) { kept.append(Entry(try Self.element([:], with: members))) }
        }
        entries = kept
    }

    /// Takes all entries with these ids away.
    mutating func remove(_ ids: Set<String>) { entries.removeAll { ids.contains($0.id) } }

    /// Takes away the names that do not belong to the id that has them.
    mutating func keepNames(_ belongs: (_ name: String, _ id: String) -> Bool) throws {
        for (index, entry) in entries.enumerated() {
            let names = entry.names
            let rest = names.filter { belongs($0, entry.id) }
            guard rest.count < names.count else { continue }
            let members: [String: JSONValue?] = ["names": rest.isEmpty ? nil : .array(rest.map(JSONValue.string))]
            entries[index] = Entry(try Self.element(entry.value.object ?? [:], with: members))
        }
    }

    /// An entry with some members otherwise; those that are nil go.
    private static func element(
        _ object: [String: JSONValue],
        with members: [String: JSONValue?]
    ) throws -> JSONElement {
        var object = object
        for (name, value) in members { object.setField(name, value ?? .null) }
        object = object.filter { members[$0.key] != .some(.none) }
        return JSONElement(.object(object), bytes: try JSONDocument.encode(JSONValue.object(object))[...])
    }

    /// A member as Go reads it; where readers differ, none.
    static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        if case .object(let members) = value, let member = members[name] { return member == .null ? nil : member }
        return try? JSONReader(value, kind: "entry").optional(name)?.value
    }

    private static func text(_ name: String, of value: JSONValue) -> String? { member(name, of: value)?.string }
}
