import GRDB

/// The rows of the original program's tables, read at one moment.
struct OriginalRows: Sendable {
    let credentials: [OriginalRow]
    let images: [OriginalRow]
    let desideratas: [OriginalRow]
    let converted: [OriginalRow]

    init(_ db: Database) throws {
        func rows(_ table: String) throws -> [OriginalRow] {
            try Row.fetchAll(db, sql: "SELECT rowid AS rowid, * FROM \(table) ORDER BY rowid").map { row in
                OriginalRow(table: table, row: row)
            }
        }
        credentials = try rows("credential")
        images = try rows("image")
        desideratas = try rows("desiderata")
        converted = try rows("converted")
    }
}
