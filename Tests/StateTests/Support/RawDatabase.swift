import CSQLite
import SystemPackage

/// SQLite without our module: what another program does to the file.
final class RawDatabase {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private var handle: OpaquePointer?

    init(_ path: FilePath) throws {
        guard sqlite3_open(path.string, &handle) == SQLITE_OK else { throw Failure(description: message) }
        sqlite3_busy_timeout(handle, 180_000)
    }

    deinit {
        sqlite3_close(handle)
    }

    static func run(_ path: FilePath, _ sql: String) throws {
        try RawDatabase(path).execute(sql)
    }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw Failure(description: message) }
    }

    /// All rows, each column as text.
    func rows(_ sql: String) throws -> [[String?]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw Failure(description: message)
        }
        defer { sqlite3_finalize(statement) }
        var rows: [[String?]] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    sqlite3_column_text(statement, column).map { String(cString: $0) }
                }
            )
        }
        return rows
    }

    private var message: String { String(cString: sqlite3_errmsg(handle)) }
}
