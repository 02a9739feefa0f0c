import GRDB
package import SystemPackage

extension StateError {
    /// What an SQLite result code means for a database file. Extended codes count by their primary part.
    package static func from(resultCode: Int32, detail: String, file: FilePath) -> StateError {
        switch ResultCode(rawValue: resultCode & 0xff) {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            .busy(file)
        case .SQLITE_FULL:
            .diskFull(file)
        case .SQLITE_READONLY, .SQLITE_PERM:
            .readOnly(file)
        case .SQLITE_CANTOPEN:
            .cannotOpen(file, reason: "check that the folder exists and that you may write to it")
        case .SQLITE_NOTADB:
            .notADatabase(file)
        case .SQLITE_CORRUPT:
            .damaged(file, detail: detail)
        case .SQLITE_IOERR:
            .inputOutput(file, detail: detail)
        default:
            .sqlite(file, detail: detail)
        }
    }

    /// Names the file in what SQLite reported. Statements and their arguments are left out: they may hold secrets.
    static func from(_ error: DatabaseError, file: FilePath) -> StateError {
        from(
            resultCode: error.extendedResultCode.rawValue,
            detail: error.message ?? "error \(error.extendedResultCode.rawValue)",
            file: file
        )
    }

    /// Runs `body`, turning what SQLite reports into errors that name the file.
    static func naming<T>(_ file: FilePath, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw from(error, file: file)
        }
    }
}
