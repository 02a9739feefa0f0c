import GRDB

extension OriginalImport {
    /// Keeps the numbers. Equal images, which the original allowed where the user is NULL, become the first of them.
    mutating func take(images rows: [OriginalRow]) throws {
        for row in rows {
            let name = wholeName(row)
            let reference: StoredReference
            do {
                reference = try rules.reference(name, row.text("user"))
            } catch {
                try setAside(row, "\(name): \(error)")
                continue
            }
            warnOfDamage(
                row,
                ["user", "scheme", "registry", "repository", "tag", "digest"].map { ($0, $0) }
            )
            let isThin = row.integer("is_thin") == 1
            if let twin = try imageNumber(reference) {
                images[row.number] = twin
                warn("image \(row.number) is the same as image \(twin) (\(name)): merged")
                if isThin { try db.execute(sql: "UPDATE image SET is_thin = 1 WHERE id = ?", arguments: [twin]) }
            } else {
                images[row.number] = row.number
                try insert(reference, number: row.number, isThin: isThin)
            }
        }
    }

    private func wholeName(_ row: OriginalRow) -> String {
        let tag = row.text("tag").map { ":\($0)" } ?? ""
        let digest = row.text("digest").map { "@\($0)" } ?? ""
        let path = "\(row.text("registry") ?? "")/\(row.text("repository") ?? "")"
        return "\(row.text("scheme") ?? "")://\(path)\(tag)\(digest)"
    }

    private func imageNumber(_ reference: StoredReference) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT id FROM image
                WHERE canonical_registry = ? AND repository = ? AND tag IS ? AND digest IS ? AND user IS ?
                  AND scheme = ?
                """,
            arguments: [
                reference.canonicalRegistry, reference.repository, reference.tag, reference.digest, reference.user,
                reference.scheme,
            ]
        )
    }

    private func insert(_ reference: StoredReference, number: Int64, isThin: Bool) throws {
        try db.execute(
            sql: """
                INSERT INTO image (id, text, user, scheme, registry, canonical_registry, repository, tag, digest,
                                   is_thin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, reference.text, reference.user, reference.scheme, reference.registry,
                reference.canonicalRegistry, reference.repository, reference.tag, reference.digest, isThin,
            ]
        )
    }
}
