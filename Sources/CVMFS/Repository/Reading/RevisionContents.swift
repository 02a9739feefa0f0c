package import Plumbing

/// Which paths one revision has, for who asks for thousands of them in no order.
///
/// Small catalogs, such as those of the fan-out of layers, are loaded once; of large ones only the asked rows are read.
/// Blocks; belongs to one thread at a time.
package final class RevisionContents {
    private let tree: CatalogTree
    private let root: CatalogReference
    /// What was read so far: good for any revision, whose catalogs have other names where they differ.
    package private(set) var known: KnownCatalogs

    /// Rows of a catalog that is still worth being read whole.
    private static let summaryLimit = 4096
    /// Rows that are kept, of about 100 bytes each.
    private static let rowLimit = 262_144
    /// Longer files are none that a publisher writes for itself.
    private static let fileLimit = 16 << 20

    /// Catalogs that were read.
    package struct KnownCatalogs: Sendable {
        fileprivate var summaries: [ContentHash: CatalogSummary] = [:]
        /// Those that are asked for each path.
        fileprivate var large: Set<ContentHash> = []
        fileprivate var rowCount = 0

        /// None.
        package init() {}
    }

    /// The contents below a root catalog; `known` are catalogs that were read for other revisions. Throws ``CVMFSError``
    /// where the root is missing or corrupt.
    package init(store: any ObjectReader, root: CatalogReference, known: KnownCatalogs = KnownCatalogs()) throws {
        self.root = root
        self.known = known
        tree = try CatalogTree(store: store, root: root)
    }

    /// Those of these paths that there are: small files with their bytes, links with their
    /// targets, directories with none.
    package func contents(of paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        var contents: [BytePath: [UInt8]] = [:]
        for path in paths { contents[path] = try content(of: path) }
        return contents
    }

    /// Whether there is something at a path: no file is read.
    package func exists(_ path: BytePath) throws -> Bool {
        guard let summary = try summary(for: path) else { return try tree.entry(at: path) != nil }
        return try summary.files[PathKey(path)] != nil
    }

    private func content(of path: BytePath) throws -> [UInt8]? {
        guard let summary = try summary(for: path) else { return try tree.contents(of: [path])[path] }
        switch summary.files[try PathKey(path)] {
        case nil, .special: return nil
        case .directory: return []
        case .link(let target): return target
        case .whole(let hash, let size, let compression) where size <= Self.fileLimit:
            var bytes: [UInt8] = []
            let content = StoredContent.whole(hash: hash, size: size, compression: compression)
            try tree.store.readContent(content) { bytes.append(contentsOf: $0) }
            return bytes
        case .whole, .unusual: return try tree.contents(of: [path])[path]
        }
    }

    /// The catalog that holds the row of a path, nil where it is a large one.
    private func summary(for path: BytePath) throws -> CatalogSummary? {
        guard var summary = try summary(of: root, at: BytePath()) else { return nil }
        // A mountpoint's row is asked of the catalog above it.
        var directory = BytePath()
        for component in path.components.dropLast() {
            directory = directory.appending(component)
            guard let reference = summary.nested[try PathKey(directory)] else { continue }
            guard let next = try self.summary(of: reference, at: directory) else { return nil }
            summary = next
        }
        return summary
    }

    private func summary(of reference: CatalogReference, at path: BytePath) throws -> CatalogSummary? {
        if let summary = known.summaries[reference.hash] { return summary }
        if known.large.contains(reference.hash) { return nil }
        let catalog = try CatalogTree.load(reference, at: path, from: tree.store)
        let summary = try CatalogSummary(of: catalog, limit: Self.summaryLimit)
        let rows = summary.map { $0.files.count + $0.nested.count } ?? 1
        if known.rowCount + rows > Self.rowLimit { known = KnownCatalogs() }
        known.rowCount += rows
        known.summaries[reference.hash] = summary
        if summary == nil { known.large.insert(reference.hash) }
        return summary
    }
}
