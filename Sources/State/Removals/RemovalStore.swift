package import Foundation
import GRDB

/// What of repositories nobody wants any more, and since when. All methods throw `StateError`.
package struct RemovalStore: Sendable {
    let connection: DatabaseConnection

    /// The images that no desiderata of a repository wants since the last one of them was removed, the oldest first.
    package func unwantedImages(in repository: String) async throws -> [UnwantedImage] {
        try await connection.read { db in
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT unwanted_image.since, \(Image.columns(of: "image")) FROM unwanted_image
                    JOIN image ON image.id = unwanted_image.image
                    WHERE cvmfs_repository = ? ORDER BY since, image.id
                    """,
                arguments: [repository]
            ).map { UnwantedImage(image: try Image(row: $0, prefix: "image_"), since: try $0.value("since")) }
        }
    }

    /// Notes that a repository has these images no longer.
    package func forget(_ images: [Image], in repository: String) async throws {
        try await connection.write { db in
            for image in images {
                try db.execute(
                    sql: "DELETE FROM unwanted_image WHERE cvmfs_repository = ? AND image = ?",
                    arguments: [repository, image.id]
                )
            }
        }
    }

    /// Since when each of these paths of a repository is of no use: since now where that was not known. Others are
    /// forgotten.
    package func leftovers(_ paths: [String], in repository: String, at now: Date) async throws -> [String: Date] {
        try await connection.write { db in
            var known = try Self.knownLeftovers(in: repository, db)
            let left = Set(paths)
            for path in known.keys where !left.contains(path) {
                try db.execute(
                    sql: "DELETE FROM leftover WHERE cvmfs_repository = ? AND path = ?",
                    arguments: [repository, path]
                )
            }
            for path in left where known[path] == nil {
                try db.execute(sql: "INSERT INTO leftover VALUES (?, ?, ?)", arguments: [repository, path, now])
                known[path] = now
            }
            return known.filter { left.contains($0.key) }
        }
    }

    /// The same without noting anything: nil for what was not known.
    package func knownLeftovers(in repository: String) async throws -> [String: Date] {
        try await connection.read { try Self.knownLeftovers(in: repository, $0) }
    }

    private static func knownLeftovers(in repository: String, _ db: Database) throws -> [String: Date] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT path, since FROM leftover WHERE cvmfs_repository = ?",
            arguments: [repository]
        )
        var known: [String: Date] = [:]
        for row in rows { known[try row.value("path")] = try row.value("since") }
        return known
    }
}
