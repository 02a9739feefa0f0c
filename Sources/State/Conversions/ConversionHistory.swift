import GRDB

/// The history of conversions, and how failing desideratas wait. All methods throw `StateError`.
package struct ConversionHistory: Sendable {
    let connection: DatabaseConnection

    /// The history of a desiderata, newest first.
    package func conversions(of desiderata: Int64, limit: Int = 100) async throws -> [ConversionRecord] {
        try await connection.read { db in
            try Row.fetchAll(
                db,
                sql: "\(ConversionHistory.rows) WHERE desiderata = ? ORDER BY id DESC LIMIT ?",
                arguments: [desiderata, limit]
            ).map(ConversionRecord.init(row:))
        }
    }

    /// The newest conversion of a desiderata, whatever became of it.
    package func lastConversion(of desiderata: Int64) async throws -> ConversionRecord? {
        try await connection.read { db in try ConversionHistory.lastConversion(of: desiderata, where: "1", db) }
    }

    /// The newest one whose layers are in the repository. A tag may go back to what it was before, while the output is of the
    /// image in between: only this one tells what is published. Whether it is still there is the repository's word.
    package func lastPublished(of desiderata: Int64) async throws -> ConversionRecord? {
        try await connection.ask { db in
            try ConversionHistory.lastConversion(of: desiderata, where: "revision IS NOT NULL", db)
        }
    }

    /// The newest one with an error.
    package func lastFailed(of desiderata: Int64) async throws -> ConversionRecord? {
        try await connection.read { db in
            try ConversionHistory.lastConversion(of: desiderata, where: "error IS NOT NULL", db)
        }
    }

    /// The rows of records, each with the image that its desiderata wants to be pushed now.
    private static let rows = """
        SELECT *, (SELECT output_image FROM desiderata WHERE id = conversion.desiderata) AS output_image FROM conversion
        """

    /// The newest conversions of the desideratas from one number to another.
    static func newestConversions(_ range: StatementArguments, _ db: Database) throws -> [Int64: ConversionRecord] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT conversion.*, desiderata.output_image FROM desiderata JOIN conversion
                ON conversion.id = (SELECT max(id) FROM conversion AS newest WHERE newest.desiderata = desiderata.id)
                WHERE desiderata.id BETWEEN ? AND ?
                """,
            arguments: range
        )
        var records: [Int64: ConversionRecord] = [:]
        while let row = try rows.next() {
            let record = try ConversionRecord(row: row)
            records[record.desiderata] = record
        }
        return records
    }

    static func lastConversion(
        of desiderata: Int64,
        where condition: String,
        _ db: Database
    ) throws -> ConversionRecord? {
        try db.firstRow(
            "\(rows) WHERE desiderata = ? AND \(condition) ORDER BY id DESC LIMIT 1",
            [desiderata]
        ).map(ConversionRecord.init(row:))
    }
}
