import Plumbing

/// The manifest of a repository, `.cvmfspublished`: which root catalog is the published one
/// (docs/cvmfs-format.md §2.1). Replacing it is the only commit point.
package struct RepositoryManifest: Sendable, Equatable {
    /// `C` and `B`: the root catalog and the size of its database; size 0 where the file does not say.
    package var root: CatalogReference
    /// `D`: seconds; for information, clients take the root catalog's.
    package var timeToLive: UInt32
    /// `S`: equals the root catalog's revision and only grows.
    package var revision: UInt64
    /// `G`: whether superseded revisions may be collected.
    package var isGarbageCollectable: Bool
    /// `A`: whether root catalog and certificate have a second name at the top level.
    package var hasAlternativePaths: Bool
    /// `L`: reserved by the format.
    package var microCatalog: ContentHash?
    /// `N`: the repository's name, empty where the file does not say.
    package var fqrn: String
    /// `X`: the signing certificate.
    package var certificate: ContentHash?
    /// `H`: the tag database.
    package var history: ContentHash?
    /// `T`: seconds since 1970; clients refuse one that is older than what they know.
    package var published: Int64
    /// `M`: the meta info.
    package var metainfo: ContentHash?
    /// `Y`: the hash of the reference log's plain file.
    package var reflog: ContentHash?
    /// Lines with letters that are not known here, in their order: kept for those who know them.
    package var others: [String]

    /// `R`: the MD5 of the root's path; clients refuse any other.
    static let rootPathHash = "d41d8cd98f00b204e9800998ecf8427e"
    /// Local tools read the file into a buffer of this many bytes and fail when it is full.
    static let sizeLimit = 4096
    /// The file's name at the top level of the storage.
    package static let fileName = ".cvmfspublished"

    /// A manifest with everything that a repository cannot do without.
    package init(
        fqrn: String,
        root: CatalogReference,
        revision: UInt64,
        published: Int64,
        timeToLive: UInt32 = 240,
        isGarbageCollectable: Bool
    ) {
        self.root = root
        self.timeToLive = timeToLive
        self.revision = revision
        self.isGarbageCollectable = isGarbageCollectable
        hasAlternativePaths = false
        self.fqrn = fqrn
        self.published = published
        others = []
    }

    /// The signed lines in the order that stock writes them.
    var body: [UInt8] {
        var lines = [
            "C\(root.hash)", "B\(root.size)", "R\(Self.rootPathHash)", "D\(timeToLive)", "S\(revision)",
            "G\(isGarbageCollectable ? "yes" : "no")", "A\(hasAlternativePaths ? "yes" : "no")",
        ]
        func add(_ letter: String, _ hash: ContentHash?) {
            if let hash { lines.append("\(letter)\(hash)") }
        }
        add("L", microCatalog)
        if !fqrn.isEmpty { lines.append("N\(fqrn)") }
        add("X", certificate)
        add("H", history)
        lines.append("T\(published)")
        add("M", metainfo)
        add("Y", reflog)
        return Array((lines + others).map { $0 + "\n" }.joined().utf8)
    }

    /// The file: the lines, their hash in the root catalog's algorithm, and the signature of the repository's key.
    /// Throws ``CVMFSError`` where it gets too long for the stock tools.
    package func serialize(signedBy key: PrivateKey) throws -> [UInt8] {
        let text = try SignedText(body: body, root.hash.algorithm) { try key.sign(manifestHash: $0) }
        let bytes = text.bytes
        guard bytes.count < Self.sizeLimit else {
            throw CVMFSError(
                .unrepresentable,
                "the manifest of \(Printable.text(fqrn)) would have \(bytes.count) bytes: readers take less than "
                    + "\(Self.sizeLimit)"
            )
        }
        return bytes
    }
}
