package import Foundation
import GRDB

extension ConversionHistory {
    /// What `status` shows, read at one moment: of the desideratas that a filter lets pass and of which `isWanted` is true, a
    /// page, in the order they were added.
    package func status(
        _ filter: DesiderataFilter = DesiderataFilter(),
        page: ListPage = .all,
        at now: Date,
        where isWanted: (@Sendable (DesiderataStatus) -> Bool)? = nil
    ) async throws -> [DesiderataStatus] {
        try await connection.read { db in
            var (condition, arguments) = filter.condition
            // What a query cannot know is counted here.
            if isWanted == nil { condition += " ORDER BY desiderata.id \(page.clause)" }
            let desideratas = try WishStore.desideratas(
                "WHERE \(condition)" + (isWanted == nil ? "" : " ORDER BY desiderata.id"),
                arguments,
                db
            )
            let all = try StatusRows(desideratas, at: now, db)
            guard let isWanted else { return try desideratas.map { try all.status($0, db) } }
            var page = page
            var found: [DesiderataStatus] = []
            for desiderata in desideratas {
                if let limit = page.limit, found.count >= limit { break }
                let status = try all.status(desiderata, db)
                guard isWanted(status) else { continue }
                if page.offset > 0 { page.offset -= 1 } else { found.append(status) }
            }
            return found
        }
    }

    /// The same of one. Throws `unknownDesiderata`.
    package func status(of desiderata: Int64, at now: Date) async throws -> [DesiderataStatus] {
        try await connection.read { db in
            let desiderata = try WishStore.desiderata(desiderata, db)
            return [try StatusRows([desiderata], at: now, db).status(desiderata, db)]
        }
    }
}

/// What is read for many desideratas together.
private struct StatusRows {
    private let now: Date
    /// The newest conversions, of the desideratas from the first to the last one that is asked for.
    private let newest: [Int64: ConversionRecord]
    /// Desideratas with a conversion that failed.
    private let failed: Set<Int64>
    private let backOffs: [Int64: BackOff]
    private let claims: [Int64: Claim]
    /// Since when desideratas of recipes are gone.
    private let gone: [Int64: Date]

    init(_ desideratas: [Desiderata], at now: Date, _ db: Database) throws {
        self.now = now
        let range: StatementArguments = [desideratas.first?.id ?? 0, desideratas.last?.id ?? 0]
        newest = try ConversionHistory.newestConversions(range, db)
        failed = try Set(
            Int64.fetchAll(
                db,
                sql:
                    "SELECT DISTINCT desiderata FROM conversion WHERE error IS NOT NULL AND desiderata BETWEEN ? AND ?",
                arguments: range
            )
        )
        backOffs = try ConversionHistory.backOffs(range, db)
        claims = try ClaimStore.claimsOnDesideratas(db)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT desiderata, gone_since FROM recipe_desiderata
                WHERE gone_since IS NOT NULL AND desiderata BETWEEN ? AND ?
                """,
            arguments: range
        )
        gone = try Dictionary(
            uniqueKeysWithValues: rows.map { (try $0.value("desiderata"), try $0.value("gone_since")) }
        )
    }

    func status(_ desiderata: Desiderata, _ db: Database) throws -> DesiderataStatus {
        let id = desiderata.id
        let last = newest[id]
        var published = last
        var failure = last
        if let last, last.published == nil {
            published = try ConversionHistory.lastConversion(of: id, where: "revision IS NOT NULL", db)
        }
        if last?.error == nil {
            failure =
                failed.contains(id) ? try ConversionHistory.lastConversion(of: id, where: "error IS NOT NULL", db) : nil
        }
        let claim = claims[id]
        return DesiderataStatus(
            desiderata: desiderata,
            last: last,
            lastPublished: published,
            lastFailed: failure,
            backOff: backOffs[id],
            claim: claim.flatMap { $0.isLive(at: now) ? $0 : nil },
            nextLook: gone[id] == nil ? desiderata.nextLook(at: now) : .never,
            goneSince: gone[id]
        )
    }
}
