import GRDB

extension Row {
    /// The column's value.
    ///
    /// GRDB's own subscript ends the process when a value is missing or of another type, as in a file that someone
    /// edited by hand; this throws.
    func value<T: DatabaseValueConvertible>(_ column: String) throws -> T {
        guard let value: T = try optional(column) else { throw UnreadableValue.error(column) }
        return value
    }

    /// Whether the column holds anything but NULL.
    func hasValue(_ column: String) -> Bool { self[column] as (any DatabaseValueConvertible)? != nil }

    /// The column's value, nil for NULL.
    func optional<T: DatabaseValueConvertible>(_ column: String) throws -> T? {
        guard let stored = self[column] as (any DatabaseValueConvertible)? else { return nil }
        guard let value = T.fromDatabaseValue(stored.databaseValue) else { throw UnreadableValue.error(column) }
        return value
    }
}

/// A value in the database that is not what its column promises.
enum UnreadableValue {
    /// Reported as SQLite reports a damaged file: that is what it is.
    static func error(_ column: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the column \(column) holds an unreadable value")
    }
}
