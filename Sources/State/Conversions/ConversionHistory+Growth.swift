package import Foundation
import GRDB

extension ConversionHistory {
    /// What conversions added to a repository in some time.
    package struct Growth: Sendable, Hashable {
        /// Bytes that it grew by for the contents of layers. Where `cvmfs_server` stored them, their bytes before they were
        /// compressed.
        package let bytes: Int64
        /// How many conversions these were.
        package let conversions: Int
    }

    /// What conversions added to a repository since a time, as far as their desideratas are still there.
    package func growth(of repository: String, since start: Date) async throws -> Growth {
        try await connection.read { db in
            let row = try Row.fetchOne(
                db,
                // A conversion may stand in the history again, after failures that are over.
                sql: """
                    SELECT ifnull(sum(bytes), 0) AS bytes, count(*) AS conversions FROM (
                        SELECT DISTINCT desiderata.id, revision, published_at,
                            CASE WHEN transactions IS NULL THEN bytes_stored ELSE bytes_new END AS bytes
                        FROM conversion JOIN desiderata ON desiderata.id = conversion.desiderata
                        WHERE cvmfs_repository = ? AND published_at >= ? AND layers_new > 0
                    )
                    """,
                arguments: [repository, start]
            )
            return Growth(bytes: try row?.value("bytes") ?? 0, conversions: try row?.value("conversions") ?? 0)
        }
    }
}
