import Foundation
import Plumbing

/// The root catalogs that a garbage collection keeps with everything below them: the published one, as many before it as
/// the policy says, and those of tags (docs/cvmfs-format.md §8).
struct KeptRevisions {
    /// The published one and those before it, newest first.
    let chain: [CatalogReference]
    /// Those of tags that are not among them.
    let tagged: [CatalogReference]
    /// When the oldest of the chain was published, in seconds since 1970.
    let oldest: Int64

    /// Finds them. Throws ``CVMFSError``, with the next step, where a catalog or the tag database cannot be read: what it
    /// leads to could be needed.
    init(_ reader: RepositoryReader, _ manifest: RepositoryManifest, _ policy: CollectionPolicy, now: Date) throws {
        let logged = try Self.loggedTimes(reader)
        var chain = [manifest.root]
        var newest = try Self.link(manifest.root, reader, logged)
        guard var link = newest else {
            throw CVMFSError(
                .corrupt,
                "the published root catalog \(manifest.root.hash) of \(reader.fqrn) is missing: nothing was removed; "
                    + "`wafer repository check \(reader.fqrn)` says what else is"
            )
        }
        while let previous = link.previous,
            policy.keeps(chain.count, before: link.published, now: Int64(now.timeIntervalSince1970))
        {
            // What an earlier collection took ends the chain.
            newest = try Self.link(previous, reader, logged)
            guard let next = newest else { break }
            chain.append(previous)
            link = next
        }
        self.chain = chain
        oldest = link.published
        let known = Set(chain.map(\.hash))
        var roots: [ContentHash: CatalogReference] = [:]
        for tag in try reader.tags(of: manifest).tags() where !known.contains(tag.root.hash) {
            guard try reader.store.size(of: tag.root.hash, .catalog) != nil else {
                throw CVMFSError(
                    .corrupt,
                    "the tag \(Printable.text(tag.name)) of \(reader.fqrn) names the catalog \(tag.root.hash), which is "
                        + "missing: nothing was removed; remove the tag with `wafer repository tag remove`"
                )
            }
            roots[tag.root.hash] = tag.root
        }
        tagged = roots.values.sorted { $0.hash.description < $1.hash.description }
    }

    private typealias Link = (previous: CatalogReference?, published: Int64)

    /// When root catalogs were logged: a catalog of a rollback is older.
    private static func loggedTimes(_ reader: RepositoryReader) throws -> [ContentHash: Int64] {
        guard let bytes = try reader.store.readTopLevel(Reflog.fileName) else { return [:] }
        let roots = try Reflog(bytes: bytes).references().filter { $0.kind == .catalog }
        return Dictionary(roots.map { ($0.hash, $0.timestamp) }) { $1 }
    }

    /// Nil where the catalog is not there.
    private static func link(
        _ reference: CatalogReference,
        _ reader: RepositoryReader,
        _ logged: [ContentHash: Int64]
    ) throws -> Link? {
        guard try reader.store.size(of: reference.hash, .catalog) != nil else { return nil }
        let catalog = try CatalogTree.load(reference, at: BytePath(), from: reader.store)
        let properties = try catalog.properties()
        // The size is not said.
        let previous = ContentHash(previous: properties["previous_revision"]).map {
            CatalogReference(hash: $0, size: 0)
        }
        // The later one: a log that somebody changed shall not make a revision old.
        let published = max(logged[reference.hash] ?? 0, Int64(properties["last_modified"] ?? "") ?? 0)
        return (previous, published)
    }
}
