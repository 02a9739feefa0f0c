import GRDB
import SystemPackage

/// Whose database a file is, and how old.
enum DatabaseKind: Equatable {
    /// No table at all.
    case empty
    /// The original program's, of the version that Wafer takes over.
    case original
    /// The original program's, with `wish` in the place of `desiderata`.
    case laterOriginal
    /// Something else.
    case foreign
    /// Ours, and migrations are missing.
    case older
    /// Ours, of this version.
    case current
    /// Ours, with migrations this version does not know.
    case newer([String])

    init(_ db: Database) throws {
        let tables = Set(try String.fetchAll(db, sql: "SELECT lower(name) FROM sqlite_master WHERE type = 'table'"))
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") == Migrations.applicationID {
            let unknown = try Migrations.migrator.appliedIdentifiers(db).subtracting(Migrations.migrator.migrations)
            let isComplete = try Migrations.migrator.hasCompletedMigrations(db)
            self = unknown.isEmpty ? (isComplete ? .current : .older) : .newer(unknown.sorted())
        } else if tables.isEmpty {
            self = .empty
        } else if tables.contains("wish"), tables.contains("image") {
            self = .laterOriginal
        } else if tables.isSuperset(of: ["gorp_migrations", "credential", "image", "desiderata", "converted"]) {
            self = .original
        } else {
            self = .foreign
        }
    }

    /// Why such a database cannot be opened; nil if it can.
    func openError(_ path: FilePath) -> StateError? {
        switch self {
        case .current: nil
        case .empty: .noDatabase(path)
        case .original: .originalDatabase(path)
        case .older: .olderDatabase(path)
        case .laterOriginal, .foreign, .newer: refusal(path)
        }
    }

    /// Why such a database cannot be upgraded; nil if it can, or need not.
    func refusal(_ path: FilePath) -> StateError? {
        switch self {
        case .laterOriginal: .laterOriginalDatabase(path)
        case .foreign: .foreignDatabase(path)
        case .newer(let migrations): .newerDatabase(path, migrations: migrations)
        case .empty, .original, .older, .current: nil
        }
    }
}
