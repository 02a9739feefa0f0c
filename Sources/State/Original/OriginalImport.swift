import GRDB
import Plumbing
import SystemPackage

/// Takes the original program's rows into the first schema. Frozen as that is: it writes no column of later ones.
struct OriginalImport {
    /// What the operator has to know.
    struct Result: Sendable {
        var warnings: [String] = []
        var setAside: [SetAsideRow] = []
        var newKeyFile: FilePath?
    }

    let db: Database
    let rules: ReferenceRules
    let vault: CredentialVault?
    var result = Result()
    /// The number of an image in the original, and here: different where two were merged.
    var images: [Int64: Int64] = [:]
    /// The same for desideratas.
    var desideratas: [Int64: Int64] = [:]

    static func run(
        _ rows: OriginalRows,
        into db: Database,
        rules: ReferenceRules,
        vault: CredentialVault?
    ) throws -> Result {
        var work = OriginalImport(db: db, rules: rules, vault: vault)
        try work.take(credentials: rows.credentials)
        try work.take(images: rows.images)
        try work.take(desideratas: rows.desideratas)
        try work.take(converted: rows.converted)
        return work.result
    }

    mutating func warn(_ warning: String) {
        result.warnings.append(Printable.text(warning))
    }

    /// Warns of each column whose text was turned into a number.
    mutating func warnOfDamage(_ row: OriginalRow, _ columns: [(column: String, name: String)]) {
        for (column, name) in columns {
            if let damage = row.damage(column, called: name) { warn(damage) }
        }
    }

    mutating func setAside(_ row: OriginalRow, _ reason: String) throws {
        let aside = try row.setAside(reason)
        result.setAside.append(aside)
        try db.execute(
            sql: "INSERT INTO set_aside (source, content, reason) VALUES (?, ?, ?)",
            arguments: [aside.table, aside.content, aside.reason]
        )
    }
}
