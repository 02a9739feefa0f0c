/// Everything about one thing: a table of keys and values, or a JSON object.
struct Details {
    /// A field by its names.
    struct Field {
        /// The name in JSON.
        let name: String
        /// The key in the table; nil keeps it out of it.
        let key: String?
        let value: Cell

        /// A field.
        init(_ name: String, _ key: String?, _ value: Cell) {
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

    /// The object.
    var json: JSON {
        .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value.json) }))
    }
}
