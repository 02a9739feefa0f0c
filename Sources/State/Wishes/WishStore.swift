package import Foundation
import GRDB
import Plumbing

/// The desideratas of a database and their images. All methods throw `StateError`.
package struct WishStore: Sendable {
    let connection: DatabaseConnection
    let naming: NamingRules

    /// Adds a desiderata and, where they are not there yet, its two images: all or nothing.
    ///
    /// Throws `desiderataExists` where input, output and repository are those of another, `otherPlatform` where another one
    /// has the image there for another platform alone, `nameTaken` where another one has the image's name there and other
    /// content, and `invalidValue` where an output image is missing for the formats, or is there for nothing. The repository
    /// need not be registered, and the users need not be there: whether that is an error is the caller's decision.
    package func addDesiderata(
        input: StoredReference,
        output: StoredReference?,
        cvmfsRepository: String,
        formats: OutputFormats? = nil,
        platforms: [String] = [Desiderata.standardPlatform],
        at now: Date
    ) async throws -> Desiderata {
        let wish = RecipeWish(
            input: input,
            output: output,
            formats: formats ?? .standard(hasOutputImage: output != nil),
            platforms: platforms
        )
        return try await addDesiderata(wish, cvmfsRepository: cvmfsRepository, at: now)
    }

    /// The same for a wish.
    package func addDesiderata(
        _ wish: RecipeWish,
        cvmfsRepository: String,
        at now: Date
    ) async throws -> Desiderata {
        guard !cvmfsRepository.isEmpty else { throw StateError.invalidValue("the CVMFS repository is empty") }
        let formats = wish.formats
        if let fault = formats.fault(hasOutputImage: wish.output != nil) { throw StateError.invalidValue(fault) }
        let platforms = try WishStore.checked(wish.platforms)
        return try await connection.write { db in
            let input = try WishStore.addImage(wish.input, isThin: false, db)
            let output = try wish.output.map { try WishStore.addImage($0, isThin: true, db) }
            if let twin = try WishStore.desiderataNumber(input.id, output?.id, cvmfsRepository, db) {
                throw try WishStore.desiderata(twin, db).taken(formats: formats, platforms: platforms)
            }
            let content = DesiderataContent(id: nil, input: input, formats: formats, platforms: platforms)
            try WishStore.refuseOtherPlatform(of: content, in: cvmfsRepository, db)
            try refuseTakenNames(of: content, for: .added, in: cvmfsRepository, db)
            try db.execute(
                sql: """
                    INSERT INTO desiderata
                        (input_image, output_image, cvmfs_repository, added_at, formats, platforms, allow_private)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    input.id, output?.id, cvmfsRepository, now, formats.names, platforms.joined(separator: ","),
                    wish.allowsPrivate,
                ]
            )
            return try WishStore.desiderata(db.lastInsertedRowID, db)
        }
    }

    /// The desiderata of these two images and this repository, if there is one: asked before the registry is.
    package func desiderata(
        input: StoredReference,
        output: StoredReference?,
        cvmfsRepository: String
    ) async throws -> Desiderata? {
        try await connection.read { db in
            let found = try output.flatMap { try WishStore.images($0, anyUser: false, db).first }
            guard found != nil || output == nil,
                let input = try WishStore.images(input, anyUser: false, db).first,
                let number = try WishStore.desiderataNumber(input.id, found?.id, cvmfsRepository, db)
            else { return nil }
            return try WishStore.desiderata(number, db)
        }
    }

    /// A page of the desideratas that a filter lets pass, in the order they were added.
    package func desideratas(
        _ filter: DesiderataFilter = DesiderataFilter(),
        page: ListPage = .all
    ) async throws -> [Desiderata] {
        try await connection.read { db in
            let (condition, arguments) = filter.condition
            return try WishStore.desideratas(
                "WHERE \(condition) ORDER BY desiderata.id \(page.clause)",
                arguments,
                db
            )
        }
    }

    /// One desiderata. Throws `unknownDesiderata`.
    package func desiderata(_ id: Int64) async throws -> Desiderata {
        try await connection.read { db in try WishStore.desiderata(id, db) }
    }

    /// Removes a desiderata with its history. The images stay.
    ///
    /// Throws `unknownDesiderata`, and `claimed` while a process works on it.
    package func removeDesiderata(_ id: Int64, at now: Date) async throws {
        try await connection.write { db in
            _ = try WishStore.desiderata(id, db)
            try WishStore.refuseClaimed(id, at: now, db)
            try db.execute(sql: "DELETE FROM desiderata WHERE id = ?", arguments: [id])
        }
    }

    /// Throws `claimed` where a process works on it.
    static func refuseClaimed(_ id: Int64, at now: Date, _ db: Database) throws {
        let subject = ClaimSubject.desiderata(id)
        if let claim = try ClaimStore.claim(on: subject, db), claim.isLive(at: now) {
            throw StateError.claimed(subject, claim)
        }
    }

    static func desiderata(_ id: Int64, _ db: Database) throws -> Desiderata {
        guard let row = try db.firstRow(query("WHERE desiderata.id = ?"), [id]) else {
            throw StateError.unknownDesiderata(id)
        }
        return try desiderata(row)
    }

    /// Throws `unknownDesiderata` where there is none.
    static func require(_ id: Int64, _ db: Database) throws {
        if try db.firstRow("SELECT 1 FROM desiderata WHERE id = ?", [id]) == nil {
            throw StateError.unknownDesiderata(id)
        }
    }

    static func desideratas(
        _ clause: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws -> [Desiderata] {
        try Row.fetchAll(db.cachedStatement(sql: query(clause)), arguments: arguments).map(desiderata)
    }

    private static func query(_ clause: String) -> String {
        """
        SELECT desiderata.id, desiderata.cvmfs_repository, desiderata.added_at, desiderata.changed_at,
               desiderata.next_look, desiderata.formats, desiderata.platforms, desiderata.allow_private,
               recipe.source AS recipe_source, \(imageColumns)
        FROM desiderata
        JOIN image AS input ON input.id = desiderata.input_image
        LEFT JOIN image AS output ON output.id = desiderata.output_image
        LEFT JOIN recipe_desiderata ON recipe_desiderata.desiderata = desiderata.id
        LEFT JOIN recipe ON recipe.id = recipe_desiderata.recipe
        \(clause)
        """
    }

    private static let imageColumns = ["input", "output"].map(Image.columns(of:)).joined(separator: ", ")

    private static func desiderata(_ row: Row) throws -> Desiderata {
        let output: Int64? = try row.optional("output_id")
        let platforms: String = try row.value("platforms")
        return Desiderata(
            id: try row.value("id"),
            input: try Image(row: row, prefix: "input_"),
            output: try output.map { _ in try Image(row: row, prefix: "output_") },
            cvmfsRepository: try row.value("cvmfs_repository"),
            formats: OutputFormats(names: try row.value("formats")),
            platforms: platforms.split(separator: ",").map(String.init),
            allowsPrivate: try row.value("allow_private"),
            recipe: try row.optional("recipe_source"),
            addedAt: try row.optional("added_at"),
            changedAt: try row.optional("changed_at"),
            nextLook: try row.optional("next_look")
        )
    }

    /// The same platforms, each once. Throws `invalidValue` where they cannot be stored.
    static func checked(_ platforms: [String]) throws -> [String] {
        let platforms = platforms.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        if platforms == [Desiderata.allPlatforms] { return platforms }
        guard !platforms.contains(Desiderata.allPlatforms) else {
            throw StateError.invalidValue("the platform all is every platform of the image: name no other with it")
        }
        for platform in platforms where platform.contains(",") || !platform.contains("/") {
            throw StateError.invalidValue(
                "the platform \(Printable.text(platform)) must have the form OS/ARCHITECTURE[/VARIANT], as linux/amd64"
            )
        }
        guard !platforms.isEmpty else {
            throw StateError.invalidValue("no platform is named: name one, as linux/amd64")
        }
        return platforms
    }

    static func desiderataNumber(
        _ input: Int64,
        _ output: Int64?,
        _ repository: String,
        _ db: Database
    ) throws -> Int64? {
        try Int64.fetchOne(
            // The coalesced column is that of the index `desiderata_identity`: most have no output image.
            db.cachedStatement(
                sql: """
                    SELECT id FROM desiderata
                    WHERE input_image = ? AND ifnull(output_image, 0) = ? AND cvmfs_repository = ?
                    """
            ),
            arguments: [input, output ?? 0, repository]
        )
    }
}
