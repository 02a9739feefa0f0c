import Plumbing

extension History {
    /// A name for a revision.
    package struct Tag: Sendable, Equatable {
        package var name: String
        /// The root catalog and the size of its database.
        package var root: CatalogReference
        /// The root catalog's `revision`.
        package var revision: UInt64
        /// The root catalog's `last_modified`, in seconds since 1970.
        package var timestamp: Int64
        /// Free text.
        package var description: String
        /// The line of development, "" for the only one that stock uses.
        package var branch: String

        /// A tag.
        package init(
            name: String,
            root: CatalogReference,
            revision: UInt64,
            timestamp: Int64,
            description: String = "",
            branch: String = ""
        ) {
            self.name = name
            self.root = root
            self.revision = revision
            self.timestamp = timestamp
            self.description = description
            self.branch = branch
        }
    }

    /// The tag of the newest revision.
    package static let trunk = "trunk"
    /// The tag of the one before.
    package static let trunkPrevious = "trunk-previous"

    private static let columns = "name, hash, size, revision, timestamp, description, branch"

    /// All tags, ordered by revision, then by name. Throws ``CVMFSError`` where a row has no valid hash.
    package func tags() throws -> [Tag] {
        var tags: [Tag] = []
        try database.prepare("SELECT \(Self.columns) FROM tags ORDER BY revision, name").forEach { row in
            tags.append(try Self.decode(row))
        }
        return tags
    }

    /// A tag by its name, nil where there is none.
    package func tag(_ name: String) throws -> Tag? {
        try database.prepare("SELECT \(Self.columns) FROM tags WHERE name = ?").first(.text(name), body: Self.decode)
    }

    /// A tag by its name. Throws ``CVMFSError`` `notFound` where there is none.
    func existing(_ name: String) throws -> Tag {
        guard let tag = try tag(name) else {
            throw CVMFSError(.notFound, "there is no tag \(Printable.text(name)) in \(fqrn)")
        }
        return tag
    }

    /// Writes a tag, replacing the one of that name. Throws ``CVMFSError`` for a name that stock refuses.
    package func put(_ tag: Tag) throws {
        guard Self.isName(tag.name) else {
            throw CVMFSError(
                .unrepresentable,
                "\"\(Printable.text(tag.name))\" cannot name a tag: letters, digits and - _ . / : are allowed"
            )
        }
        let statement = try database.prepare(
            """
            INSERT OR REPLACE INTO tags (name, hash, revision, timestamp, channel, description, size, branch)
            VALUES (?, ?, ?, ?, 0, ?, ?, ?)
            """
        )
        try statement.run(
            .text(tag.name),
            .text(tag.root.hash.description),
            .integer(Int64(clamping: tag.revision)),
            .integer(tag.timestamp),
            .text(tag.description),
            .integer(tag.root.size),
            .text(tag.branch)
        )
    }

    /// Removes a tag; one that is not there is no error.
    package func remove(_ name: String) throws {
        try database.prepare("DELETE FROM tags WHERE name = ?").run(.text(name))
    }

    /// What every publication does: `trunk` becomes `trunk-previous`, and the new root becomes `trunk`.
    package func moveTrunk(to root: CatalogReference, revision: UInt64, timestamp: Int64) throws {
        if var previous = try tag(Self.trunk) {
            previous.name = Self.trunkPrevious
            previous.description = "default undo target"
            try put(previous)
        } else {
            try remove(Self.trunkPrevious)
        }
        try put(
            Tag(name: Self.trunk, root: root, revision: revision, timestamp: timestamp, description: "current HEAD")
        )
    }

    /// What a rollback does: the tags of later revisions go, the target moves to the new root, and so does `trunk`.
    func rollBack(_ target: Tag, to root: CatalogReference, revision: UInt64, timestamp: Int64) throws {
        try database.prepare("DELETE FROM tags WHERE revision > ? AND branch = ''")
            .run(.integer(Int64(clamping: target.revision)))
        var moved = target
        (moved.root, moved.revision, moved.timestamp) = (root, revision, timestamp)
        try put(moved)
        try moveTrunk(to: root, revision: revision, timestamp: timestamp)
    }

    /// Throws ``CVMFSError`` `refused` for the tags that nobody may set.
    package static func refuseReserved(_ name: String) throws {
        guard name != trunk, name != trunkPrevious else {
            throw CVMFSError(.refused, "the tag \(name) is reserved: every publication moves it")
        }
    }

    /// Whether stock accepts a tag's name.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "-_./:".utf8.contains(byte)
                }
            }
    }

    private static func decode(_ row: SQLiteStatement) throws -> Tag {
        guard let hash = ContentHash(row.string(1)) else {
            throw CVMFSError(.corrupt, "the tag \(Printable.text(row.bytes(0))) has no valid hash")
        }
        return Tag(
            name: row.string(0),
            root: CatalogReference(hash: hash, size: row.integer(2)),
            revision: UInt64(clamping: row.integer(3)),
            timestamp: row.integer(4),
            description: row.string(5),
            branch: row.string(6)
        )
    }
}
