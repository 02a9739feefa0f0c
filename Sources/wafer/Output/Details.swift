import Plumbing

/// Everything about one thing: a table or lines of keys and values, or a JSON object.
struct Details {
    /// A field by its names.
    struct Field {
        /// The name in JSON.
        let name: String
        /// The key in the table; nil keeps it out of it.
        let key: String?
        let value: Cell
        /// Whether its text may be wrapped.
        let isProse: Bool

        /// A field.
        init(_ name: String, _ key: String?, _ value: Cell, isProse: Bool = false) {
            self.isProse = isProse
            self.name = name
            self.key = key
            self.value = value
        }
    }

    let fields: [Field]

    /// The table of the original program's `check-image-syntax`.
    var table: String {
        Table(
            headers: ["Key", "Value"],
            rows: fields.compactMap { field in field.key.map { [$0, field.value.shown] } }
        ).text
    }

    /// A line for each key that has a value; on a terminal text is wrapped. For values that may be too long for a table.
    var text: String {
        let keys = fields.compactMap(\.key)
        var text = IndentedText(column: (keys.map(\.count).max() ?? 0) + 1)
        for field in fields {
            guard let key = field.key else { continue }
            if field.isProse { text.add(key, field.value.shown) } else { text.add(key, whole: field.value.shown) }
        }
        return text.text
    }

    /// The object.
    var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value.json) }))
    }
}
