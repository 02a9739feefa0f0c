import Plumbing

/// A list in its three forms: the document's table, the document's CSV, JSON.
struct Listing {
    /// A column by its names in each form.
    struct Column {
        /// The name in CSV and JSON.
        let name: String
        /// The header in the table; nil keeps the column out of it.
        let header: String?
        /// Whether CSV has it: the document fixes the columns of some lists.
        let isInCSV: Bool

        /// A column.
        init(_ name: String, _ header: String?, csv: Bool = true) {
            self.name = name
            self.header = header
            isInCSV = csv
        }
    }

    let columns: [Column]
    var rows: [[Cell]] = []

    /// The whole list.
    func text(_ format: ListFormat) throws -> String {
        switch format {
        case .table:
            let shown = columns.indices.filter { columns[$0].header != nil }
            return Table(
                headers: shown.compactMap { columns[$0].header },
                rows: rows.map { row in shown.map { row[$0].shown } }
            ).text
        case .csv:
            let shown = columns.indices.filter { columns[$0].isInCSV }
            return CSV.line(shown.map { columns[$0].name })
                + rows.map { row in CSV.line(shown.map { row[$0].field }) }.joined()
        case .json:
            var list = ListingJSON(names: columns.map(\.name))
            return try list.array(rows)
        }
    }
}
