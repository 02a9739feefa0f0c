import GRDB
import Plumbing

extension WishStore {
    /// Adds an image, or finds it.
    ///
    /// Two references are one image when canonical registry, repository, tag, digest, user and scheme are equal, each
    /// exactly: a reference with a digest never becomes one without. What was typed first is kept.
    package func addImage(_ reference: StoredReference, isThin: Bool = false) async throws -> Image {
        try await connection.write { db in try WishStore.addImage(reference, isThin: isThin, db) }
    }

    /// All images, in the order they were added.
    package func images() async throws -> [Image] {
        try await connection.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM image ORDER BY id").map { row in try Image(row: row) }
        }
    }

    /// The image of this reference and user, if it is in the database.
    package func image(_ reference: StoredReference) async throws -> Image? {
        try await connection.read { db in try WishStore.images(reference, anyUser: false, db).first }
    }

    /// The images of this reference, whoever logs in for them.
    package func imagesOfAnyUser(_ reference: StoredReference) async throws -> [Image] {
        try await connection.read { db in try WishStore.images(reference, anyUser: true, db) }
    }

    static func addImage(_ reference: StoredReference, isThin: Bool, _ db: Database) throws -> Image {
        guard reference.tag != nil || reference.digest != nil else {
            throw StateError.invalidValue("the image \(Printable.text(reference.text)) has neither a tag nor a digest")
        }
        if let image = try images(reference, anyUser: false, db).first {
            guard isThin, !image.isThin else { return image }
            try db.execute(sql: "UPDATE image SET is_thin = 1 WHERE id = ?", arguments: [image.id])
            return Image(id: image.id, reference: image.reference, isThin: true)
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO image (text, user, scheme, registry, canonical_registry, repository, tag, digest, is_thin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                reference.text, reference.user, reference.scheme, reference.registry, reference.canonicalRegistry,
                reference.repository, reference.tag, reference.digest, isThin,
            ]
        )
        return Image(id: db.lastInsertedRowID, reference: reference, isThin: isThin)
    }

    static func images(_ reference: StoredReference, anyUser: Bool, _ db: Database) throws -> [Image] {
        // The coalesced columns are those of the index `image_identity`.
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM image
                    WHERE canonical_registry = ? AND repository = ? AND ifnull(tag, '') = ? AND ifnull(digest, '') = ?
                      AND scheme = ? AND (? OR ifnull(user, '') = ?)
                    ORDER BY id
                    """
            ),
            arguments: [
                reference.canonicalRegistry, reference.repository, reference.tag ?? "", reference.digest ?? "",
                reference.scheme, anyUser, reference.user ?? "",
            ]
        ).map { row in try Image(row: row) }
    }
}

extension Image {
    /// What a query selects of a table, or of its other name, for ``init(row:prefix:)`` with that name and `_` as the prefix.
    static func columns(of table: String) -> String {
        [
            "id", "text", "user", "scheme", "registry", "canonical_registry", "repository", "tag", "digest", "is_thin",
        ].map { "\(table).\($0) AS \(table)_\($0)" }.joined(separator: ", ")
    }

    /// From a row whose columns may bear a prefix, as in a join of two images.
    init(row: Row, prefix: String = "") throws {
        self.init(
            id: try row.value(prefix + "id"),
            reference: StoredReference(
                text: try row.value(prefix + "text"),
                user: try row.optional(prefix + "user"),
                place: RegistryPlace(
                    scheme: try row.value(prefix + "scheme"),
                    registry: try row.value(prefix + "registry"),
                    canonicalRegistry: try row.value(prefix + "canonical_registry")
                ),
                repository: try row.value(prefix + "repository"),
                tag: try row.optional(prefix + "tag"),
                digest: try row.optional(prefix + "digest")
            ),
            isThin: try row.value(prefix + "is_thin")
        )
    }
}
