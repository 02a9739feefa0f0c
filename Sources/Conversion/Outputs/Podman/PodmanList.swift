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

    /// Puts an entry in the place of all that have its id, with what else the first of them says.
    mutating func put(_ id: String, _ members: [String: JSONValue?]) throws {
        var object = entries.first { $0.id == id }?.value.object ?? [:]
        for (name, value) in members { object.setField(name, value ?? .null) }
        let element = try Self.element(object.filter { members[$0.key] != .some(.none) })
        entries.removeAll { $0.id == id }
        entries.append(Entry(element))
    }

    /// Takes all entries with an id away.
    mutating func remove(_ id: String) { entries.removeAll { $0.id == id } }

    /// Takes names away from all entries but those of an id.
    mutating func take(_ names: Set<String>, butOf id: String? = nil) throws {
        guard !names.isEmpty else { return }
        for (index, entry) in entries.enumerated() where entry.id != id && !names.isDisjoint(with: entry.names) {
            var object = entry.value.object ?? [:]
            let rest = entry.names.filter { !names.contains($0) }
            object.setField("names", .array(rest.map(JSONValue.string)))
            if rest.isEmpty { object["names"] = nil }
            entries[index] = Entry(try Self.element(object))
        }
    }

    private static func element(_ object: [String: JSONValue]) throws -> JSONElement {
        JSONElement(.object(object), bytes: try JSONDocument.encode(JSONValue.object(object))[...])
    }

    /// A member as Go reads it; where readers differ, none.
    static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        try? JSONReader(value, kind: "entry").optional(name)?.value
    }

    private static func text(_ name: String, of value: JSONValue) -> String? { member(name, of: value)?.string }
}
