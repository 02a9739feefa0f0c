package import Foundation
import GRDB

extension StateDatabase {
    /// What `status` shows, read at one moment: all desideratas, or one. Throws `unknownDesiderata` for that.
    package func status(of desiderata: Int64? = nil, at now: Date) async throws -> [DesiderataStatus] {
        try await read { db in
            let wanted =
                if let desiderata {
                    [try StateDatabase.desiderata(desiderata, db)]
                } else {
                    try StateDatabase.desideratas("ORDER BY desiderata.id", [], db)
                }
            return try wanted.map { desiderata in
                let id = desiderata.id
                let claim = try StateDatabase.claim(on: .desiderata(id), db)
                return DesiderataStatus(
                    desiderata: desiderata,
                    last: try StateDatabase.lastConversion(of: id, where: "1", db),
                    lastPublished: try StateDatabase.lastConversion(of: id, where: "revision IS NOT NULL", db),
                    lastFailed: try StateDatabase.lastConversion(of: id, where: "error IS NOT NULL", db),
                    backOff: try StateDatabase.backOff(of: id, db),
                    claim: claim.flatMap { $0.isLive(at: now) ? $0 : nil }
                )
            }
        }
    }
}
