import Foundation
import GRDB
import SystemPackage

/// The CVMFS repositories that are registered with a database. All methods throw `StateError`.
package struct RegistrationStore: Sendable {
    let connection: DatabaseConnection
    let naming: NamingRules

    /// Registers a CVMFS repository. Throws `repositoryExists`, and `nameTaken` where two desideratas for it would have one
    /// name.
    package func addRepository(_ repository: RepositoryRegistration) async throws {
        try await connection.write { db in
            guard try RegistrationStore.repository(repository.fqrn, db) == nil else {
                throw StateError.repositoryExists(repository.fqrn)
            }
            try insert(repository, db)
        }
    }

    private func insert(_ repository: RepositoryRegistration, _ db: Database) throws {
        let names = try NameTemplate(checking: repository.trees.names)
        try WishStore.refuseTakenNames(by: names, naming, in: repository.fqrn, db)
        try db.execute(
            sql: """
                INSERT INTO repository (fqrn, storage, keys, url, publisher, compression, chunking,
                    catalog_limits, master_keys, server_config, auto_tag, hard_links, markers, quota,
                    adopted_at, adopted_revision, tree_names, tree_modes, mount_points, keeps_setuid)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                repository.fqrn, repository.location, repository.keys.string, repository.url,
                repository.publisher, repository.compression, repository.chunking, repository.catalogLimits,
                repository.masterKeys, repository.serverConfig?.string, repository.autoTag,
                repository.hardLinks, repository.markers, repository.quota, repository.adoption?.at,
                repository.adoption?.revision,
            ] + repository.trees.columns()
        )
    }

    /// Registers a CVMFS repository, in place of a registration of this name where there is one: what was adopted stays so.
    /// Throws `nameTaken` where two desideratas for it would have one name.
    package func replaceRepository(_ repository: RepositoryRegistration) async throws {
        try await connection.write { db in
            let former = try RegistrationStore.repository(repository.fqrn, db)
            let repository = repository.with { $0.adoption = $0.adoption ?? former?.adoption }
            try db.execute(sql: "DELETE FROM repository WHERE fqrn = ?", arguments: [repository.fqrn])
            try insert(repository, db)
            guard let former, former != repository else { return }
            if former.quota != repository.quota { try Self.retry(repository.fqrn, db) }
            guard former.with({ $0.quota = repository.quota }) != repository else { return }
            try db.execute(
                sql: """
                    UPDATE desiderata SET next_look = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE cvmfs_repository = ?
                    """,
                arguments: [repository.fqrn]
            )
            guard former.trees != repository.trees else { return }
            try db.execute(
                sql: """
                    UPDATE desiderata SET changed_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE cvmfs_repository = ?
                    """,
                arguments: [repository.fqrn]
            )
        }
    }

    /// Notes that what other programs published in a repository is Wafer's from now on. Throws `unknownRepository`.
    package func adopt(_ fqrn: String, _ adoption: RepositoryAdoption) async throws {
        try await connection.write { db in
            guard try RegistrationStore.repository(fqrn, db) != nil else { throw StateError.unknownRepository(fqrn) }
            try db.execute(
                sql: """
                    UPDATE repository SET adopted_at = ?, adopted_revision = ?
                    WHERE fqrn = ? AND adopted_at IS NULL
                    """,
                arguments: [adoption.at, adoption.revision, fqrn]
            )
        }
    }

    /// Lets what failed be tried at once: it may have failed for want of room.
    private static func retry(_ fqrn: String, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE desiderata SET next_look = strftime('%Y-%m-%d %H:%M:%f', 'now')
                WHERE cvmfs_repository = ? AND id IN (SELECT desiderata FROM back_off)
                """,
            arguments: [fqrn]
        )
        try db.execute(
            sql: "DELETE FROM back_off WHERE desiderata IN (SELECT id FROM desiderata WHERE cvmfs_repository = ?)",
            arguments: [fqrn]
        )
    }

    /// All registered repositories, by name.
    package func repositories() async throws -> [RepositoryRegistration] {
        try await connection.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM repository ORDER BY fqrn").map(RepositoryRegistration.init(row:))
        }
    }

    /// One repository; nil if it is not registered.
    package func findRepository(_ fqrn: String) async throws -> RepositoryRegistration? {
        try await connection.read { db in try RegistrationStore.repository(fqrn, db) }
    }

    /// One repository. Throws `unknownRepository`, which says how to create one.
    package func repository(_ fqrn: String) async throws -> RepositoryRegistration {
        guard let repository = try await findRepository(fqrn) else { throw StateError.unknownRepository(fqrn) }
        return repository
    }

    /// Forgets a registration; the storage is not touched, nor are desideratas. Throws `unknownRepository`.
    package func removeRepository(_ fqrn: String) async throws {
        try await connection.write { db in
            try db.execute(sql: "DELETE FROM repository WHERE fqrn = ?", arguments: [fqrn])
            guard db.changesCount == 1 else { throw StateError.unknownRepository(fqrn) }
        }
    }

    static func repository(_ fqrn: String, _ db: Database) throws -> RepositoryRegistration? {
        try Row.fetchOne(db, sql: "SELECT * FROM repository WHERE fqrn = ?", arguments: [fqrn])
            .map(RepositoryRegistration.init(row:))
    }
}

extension RepositoryRegistration {
    init(row: Row) throws {
        let keys: String = try row.value("keys")
        let serverConfig: String? = try row.optional("server_config")
        self.init(
            fqrn: try row.value("fqrn"),
            location: try row.value("storage"),
            keys: FilePath(keys),
            url: try row.optional("url"),
            publisher: try row.value("publisher"),
            compression: try row.value("compression")
        )
        chunking = try row.optional("chunking")
        catalogLimits = try row.optional("catalog_limits")
        masterKeys = try row.optional("master_keys")
        self.serverConfig = serverConfig.map { FilePath($0) }
        autoTag = try row.optional("auto_tag")
        hardLinks = try row.optional("hard_links")
        markers = try row.optional("markers")
        quota = try row.optional("quota")
        trees = try TreeSettings(row: row, of: fqrn)
        let revision: Int64? = try row.optional("adopted_revision")
        adoption = try row.optional("adopted_at").map { RepositoryAdoption(at: $0, revision: revision ?? 0) }
    }
}
