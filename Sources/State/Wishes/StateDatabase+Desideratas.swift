package import Foundation
import GRDB

extension StateDatabase {
    /// Adds a desiderata and, where they are not there yet, its two images: all or nothing.
    ///
    /// Throws `desiderataExists` where input, output and repository are those of another. The repository need not be
    /// registered, and the users need not be there: whether that is an error is the caller's decision.
    package func addDesiderata(
        input: StoredReference,
        output: StoredReference,
        cvmfsRepository: String,
        at now: Date
    ) async throws -> Desiderata {
        guard !cvmfsRepository.isEmpty else { throw StateError.invalidValue("the CVMFS repository is empty") }
        return try await write { db in
            let input = try StateDatabase.addImage(input, isThin: false, db)
            let output = try StateDatabase.addImage(output, isThin: true, db)
            if let twin = try StateDatabase.desiderataNumber(input.id, output.id, cvmfsRepository, db) {
                throw StateError.desiderataExists(twin)
            }
            try db.execute(
                sql: """
                    INSERT INTO desiderata (input_image, output_image, cvmfs_repository, added_at)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [input.id, output.id, cvmfsRepository, now]
            )
            return try StateDatabase.desiderata(db.lastInsertedRowID, db)
        }
    }

    /// The desiderata of these two images and this repository, if there is one: asked before the registry is.
    package func desiderata(
        input: StoredReference,
        output: StoredReference,
        cvmfsRepository: String
    ) async throws -> Desiderata? {
        try await read { db in
            guard
                let input = try StateDatabase.images(input, anyUser: false, db).first,
                let output = try StateDatabase.images(output, anyUser: false, db).first,
                let number = try StateDatabase.desiderataNumber(input.id, output.id, cvmfsRepository, db)
            else { return nil }
            return try StateDatabase.desiderata(number, db)
        }
    }

    /// All desideratas, in the order they were added.
    package func desideratas() async throws -> [Desiderata] {
        try await read { db in try StateDatabase.desideratas("ORDER BY desiderata.id", [], db) }
    }

    /// One desiderata. Throws `unknownDesiderata`.
    package func desiderata(_ id: Int64) async throws -> Desiderata {
        try await read { db in try StateDatabase.desiderata(id, db) }
    }

    /// Removes a desiderata with its history. The images stay.
    ///
    /// Throws `unknownDesiderata`, and `claimed` while a process works on it.
    package func removeDesiderata(_ id: Int64, at now: Date) async throws {
        try await write { db in
            _ = try StateDatabase.desiderata(id, db)
            let subject = ClaimSubject.desiderata(id)
            if let claim = try StateDatabase.claim(on: subject, db), claim.isLive(at: now) {
                throw StateError.claimed(subject, claim)
            }
            try db.execute(sql: "DELETE FROM desiderata WHERE id = ?", arguments: [id])
        }
    }

    static func desiderata(_ id: Int64, _ db: Database) throws -> Desiderata {
        guard let desiderata = try desideratas("WHERE desiderata.id = ?", [id], db).first else {
            throw StateError.unknownDesiderata(id)
        }
        return desiderata
    }

    static func desideratas(
        _ clause: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws -> [Desiderata] {
        let columns = ["input", "output"].flatMap { image in
            [
                "id", "text", "user", "scheme", "registry", "canonical_registry", "repository", "tag", "digest",
                "is_thin",
            ].map { "\(image).\($0) AS \(image)_\($0)" }
        }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT desiderata.id, desiderata.cvmfs_repository, desiderata.added_at,
                       \(columns.joined(separator: ", "))
                FROM desiderata
                JOIN image AS input ON input.id = desiderata.input_image
                JOIN image AS output ON output.id = desiderata.output_image
                \(clause)
                """,
            arguments: arguments
        ).map { row in
            Desiderata(
                id: try row.value("id"),
                input: try Image(row: row, prefix: "input_"),
                output: try Image(row: row, prefix: "output_"),
                cvmfsRepository: try row.value("cvmfs_repository"),
                addedAt: try row.optional("added_at")
            )
        }
    }

    private static func desiderataNumber(
        _ input: Int64,
        _ output: Int64,
        _ repository: String,
        _ db: Database
    ) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: "SELECT id FROM desiderata WHERE input_image = ? AND output_image = ? AND cvmfs_repository = ?",
            arguments: [input, output, repository]
        )
    }
}
