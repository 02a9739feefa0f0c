import CSQLite

/// A prepared statement. Columns and parameters are numbered from 0.
final class SQLiteStatement {
    private let database: SQLiteDatabase
    private let handle: OpaquePointer

    // SQLite copies the value before the call returns.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ database: SQLiteDatabase, _ sql: String) throws {
        var handle: OpaquePointer?
        guard sqlite3_prepare_v2(database.handle, sql, -1, &handle, nil) == SQLITE_OK, let handle else {
            throw database.error("cannot prepare a statement")
        }
        self.database = database
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    /// A value of SQLite. Text is bytes: names need not be UTF-8.
    enum Value: Equatable {
        case null
        case integer(Int64)
        case text([UInt8])
        case blob([UInt8])

        static func text(_ string: String) -> Value { .text(Array(string.utf8)) }
        static func optional(_ integer: Int64?) -> Value { integer.map(Value.integer) ?? .null }
        static func optional(_ blob: [UInt8]?) -> Value { blob.map(Value.blob) ?? .null }
    }

    /// Runs the statement to its end, ignoring rows.
    func run(_ values: Value...) throws {
        try bind(values)
        defer { reset() }
        while try step() {}
    }

    /// Calls `body` for each row.
    func forEach(_ values: Value..., body: (SQLiteStatement) throws -> Void) throws {
        try bind(values)
        defer { reset() }
        while try step() { try body(self) }
    }

    /// What `body` makes of the first row, nil where there is none.
    func first<T>(_ values: Value..., body: (SQLiteStatement) throws -> T) throws -> T? {
        try bind(values)
        defer { reset() }
        return try step() ? try body(self) : nil
    }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }
    func isText(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT }
    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    /// Text or a blob as it is stored, empty for NULL.
    func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    /// Text that is ASCII by its meaning.
    func string(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.error("statement failed")
        }
    }

    private func reset() {
        sqlite3_reset(handle)
    }

    private func bind(_ values: [Value]) throws {
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let status =
                switch value {
                case .null: sqlite3_bind_null(handle, index)
                case .integer(let number): sqlite3_bind_int64(handle, index, number)
                case .text(let bytes): bytes.withUnsafeBytes { bindText($0, at: index) }
                case .blob(let bytes): bytes.withUnsafeBytes { bindBlob($0, at: index) }
                }
            guard status == SQLITE_OK else { throw database.error("cannot bind a value") }
        }
    }

    private func bindText(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        // An empty Swift array has no address, and a null pointer would bind NULL (docs/cvmfs-format.md, pitfall P4).
        let start = bytes.bindMemory(to: CChar.self).baseAddress
        guard let start else { return sqlite3_bind_text(handle, index, "", 0, nil) }
        return sqlite3_bind_text(handle, index, start, Int32(bytes.count), Self.transient)
    }

    private func bindBlob(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob(handle, index, start, Int32(bytes.count), Self.transient)
    }
}
