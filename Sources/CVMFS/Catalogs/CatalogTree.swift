package import Plumbing

/// The catalogs of one revision, loaded as paths ask for them.
///
/// It reads a repository, and ``Transaction`` edits it. Of clean catalogs beside the path that was asked for last only a few
/// are kept, so that walking a repository of any size takes the same memory. Blocks; belongs to one thread at a time.
package final class CatalogTree {
    /// Where the catalogs and the content lie.
    package let store: any ObjectReader
    let root: CatalogNode
    private let recent: RecentCatalogs
    /// The directories on the way to the one that was read last, each with its catalog: the next one is mostly near by.
    private var trail: [(path: BytePath, node: CatalogNode)] = []

    /// The tree below a root catalog. Throws ``CVMFSError`` where that is missing or corrupt.
    ///
    /// Where it is the catalog of a subtree that no revision has yet, `path` says which: only paths below it can be asked
    /// for.
    package init(store: any ObjectReader, root reference: CatalogReference, of path: BytePath = BytePath()) throws {
        self.store = store
        recent = RecentCatalogs()
        root = try Self.root(reference, at: path, from: store, in: path.isRoot ? .memory : .temporaryFile)
    }

    private init(_ store: any ObjectReader, _ root: CatalogNode, _ recent: RecentCatalogs) {
        self.store = store
        self.root = root
        self.recent = recent
    }

    private func nestedCatalog(at path: BytePath) throws -> CatalogReference? {
        try path.parent.flatMap { try reading(entriesOf: $0).catalog.nestedCatalog(at: path) }
    }

    private static func root(
        _ reference: CatalogReference,
        at path: BytePath,
        from store: any ObjectReader,
        in medium: SQLiteDatabase.Medium
    ) throws -> CatalogNode {
        try CatalogNode(catalog: load(reference, at: path, from: store, in: medium), reference: reference)
    }

    /// What lies below a path as a tree of its own, which keeps its place in it: for who reads several side by side. It
    /// begins with the catalog that is given, or else with the nested one there, which waits in a temporary file where it is
    /// large; nil where none begins there. Throws ``CVMFSError`` where one is missing or corrupt.
    package func subtree(at path: BytePath, _ reference: CatalogReference? = nil) throws -> CatalogTree? {
        guard let reference = try reference ?? nestedCatalog(at: path) else { return nil }
        let root = try Self.root(reference, at: path, from: store, in: .temporaryFile)
        return CatalogTree(store, root, recent)
    }

    /// The row of a path, nil where there is no such entry. A mountpoint is answered by its parent catalog.
    package func entry(at path: BytePath) throws -> CatalogEntry? {
        guard let parent = path.parent else { return try root.catalog.entry(at: path) }
        return try reading(entriesOf: parent).catalog.entry(at: path)
    }

    /// The entries of a directory by name. Throws where the path is none.
    package func entries(of directory: BytePath) throws -> [CatalogEntry] {
        guard let entry = try entry(at: directory) else {
            throw CVMFSError(.notFound, "\(directory.absolute) does not exist in the repository")
        }
        guard entry.isDirectory else { throw CVMFSError(.refused, "\(directory.absolute) is not a directory") }
        return try listing(of: directory)
    }

    /// The entries of a directory by name; none where there is no such directory. Throws ``CVMFSError`` `corrupt` for names
    /// that are none, or there twice.
    package func listing(of directory: BytePath) throws -> [CatalogEntry] {
        let entries = try reading(entriesOf: directory).catalog.entries(of: directory)
        var last: [UInt8]?
        for entry in entries {
            try Self.checkName(entry.name, after: last, in: directory)
            last = entry.name
        }
        return entries
    }

    /// Where the content of a regular file lies. Throws where the path is none.
    package func content(of path: BytePath) throws -> StoredContent {
        guard let entry = try entry(at: path), let parent = path.parent else {
            throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
        }
        guard entry.type == .regular else { throw CVMFSError(.refused, "\(path.absolute) is not a regular file") }
        return try reading(entriesOf: parent).catalog.content(of: path, entry: entry)
    }

    /// The bytes of a small regular file, nil where there is none. Throws where it is longer than `limit`.
    package func readFile(_ path: BytePath, limit: Int = 16 << 20) throws -> [UInt8]? {
        guard let entry = try entry(at: path), entry.type == .regular else { return nil }
        guard entry.size <= limit else {
            throw CVMFSError(.refused, "\(path) has \(entry.size) bytes, more than the \(limit) expected")
        }
        var bytes: [UInt8] = []
        try store.readContent(try content(of: path)) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Those of these paths that it has: small files with their bytes, links with their targets, directories with none.
    package func contents(of paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        var contents: [BytePath: [UInt8]] = [:]
        for path in paths {
            guard let entry = try entry(at: path) else { continue }
            switch entry.type {
            case .directory: contents[path] = []
            case .symlink: contents[path] = entry.symlink
            case .regular, .characterDevice, .blockDevice, .fifo, .socket, nil: contents[path] = try readFile(path)
            }
        }
        return contents
    }

    /// Calls `body` for a directory's entry and everything below it, parents first, in path order. What another revision
    /// shows at a bind mountpoint is left out, unless the path leads there.
    package func walk(_ path: BytePath, _ body: (BytePath, CatalogEntry) throws -> Void) throws {
        try walk(path) { path, entry, _ in try body(path, entry) }
    }

    /// The same with the catalog that holds the row, which knows the entry's content.
    package func walk(_ path: BytePath, _ body: (BytePath, CatalogEntry, Catalog) throws -> Void) throws {
        let catalog = try path.parent.map { try reading(entriesOf: $0).catalog } ?? root.catalog
        guard let entry = try catalog.entry(at: path) else {
            throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
        }
        try walk(path, entry, catalog, body)
    }

    private func walk(
        _ path: BytePath,
        _ entry: CatalogEntry,
        _ catalog: Catalog,
        _ body: (BytePath, CatalogEntry, Catalog) throws -> Void
    ) throws {
        try body(path, entry, catalog)
        guard entry.isDirectory else { return }
        let inner = try reading(entriesOf: path).catalog
        var last: [UInt8]?
        for child in try inner.entries(of: path) {
            try Self.checkName(child.name, after: last, in: path)
            last = child.name
            let childPath = try Self.path(of: child.name, in: path)
            if child.flags.contains(.bindMountpoint) {
                try body(childPath, child, inner)
            } else {
                try walk(childPath, child, inner, body)
            }
        }
    }

    /// Throws ``CVMFSError`` `corrupt` for what is no file name, and for the one of the entry before it.
    ///
    /// Whoever writes what a walk gives must not be led elsewhere by it: a second entry of the same name could be a link,
    /// and the first a directory.
    static func checkName(_ name: [UInt8], after last: [UInt8]?, in directory: BytePath) throws {
        guard BytePath.isName(name), name != last else {
            let problem = name == last ? "two entries" : "an entry"
            throw CVMFSError(.corrupt, "\(directory) has \(problem) with the name \"\(Printable.text(name))\"")
        }
    }

    /// The path of an entry with a name that is one. Throws ``CVMFSError`` `corrupt` where no path is so long.
    static func path(of name: [UInt8], in directory: BytePath) throws -> BytePath {
        let path = directory.appending(name)
        guard path.bytes.count < pathLimit else {
            throw CVMFSError(.corrupt, "\(directory) has entries with paths of more than \(pathLimit) bytes")
        }
        return path
    }

    /// Linux takes no longer path, the NUL behind it included; and it bounds the depth of a walk.
    private static let pathLimit = 4096

    /// The catalog that holds the entries of a directory, to be read before anything else is asked.
    private func reading(entriesOf directory: BytePath) throws -> CatalogNode {
        while let last = trail.last, !directory.starts(with: last.path) { trail.removeLast() }
        if trail.isEmpty { trail = [(BytePath(), root)] }
        guard var (path, node) = trail.last, let rest = directory.relative(to: path) else { return root }
        for component in rest.components {
            path = path.appending(component)
            if let child = try child(of: node, at: path) { node = child }
            trail.append((path, node))
        }
        return node
    }

    /// The catalog that holds the entries of a directory.
    func node(forEntriesOf directory: BytePath) throws -> CatalogNode {
        // Whoever asks may change what the trail was made of.
        trail = []
        var node = root
        var path = BytePath()
        for component in directory.components {
            path = path.appending(component)
            if let child = try child(of: node, at: path) { node = child }
        }
        return node
    }

    /// The catalog whose root is a directory of another one, nil where the directory's entries are in that itself.
    func child(of node: CatalogNode, at path: BytePath) throws -> CatalogNode? {
        if let child = node.children[path] { return child }
        guard try node.catalog.mayHaveChild(at: path) else { return nil }
        let nested = try node.catalog.nestedCatalog(at: path)
        guard let reference = try nested ?? node.catalog.bindMountpoint(at: path) else { return nil }
        // What a mountpoint shows of another revision has no place of its own to be found again.
        let isKept = nested != nil && node.catalog.shownAt == nil
        for (path, child) in node.children where !child.hasChanges {
            node.children[path] = nil
            leave(child)
        }
        if isKept, let child = recent.take(reference) {
            node.children[path] = child
            return child
        }
        let catalog = try Self.load(reference, at: nested == nil ? nil : node.catalog.inner(path), from: store)
        if nested == nil || node.catalog.shownAt != nil { catalog.shownAt = path }
        let child = try CatalogNode(catalog: catalog, reference: reference)
        node.children[path] = child
        return child
    }

    /// Keeps a clean catalog and those below it for a while.
    private func leave(_ node: CatalogNode) {
        node.children.values.forEach(leave)
        if node.catalog.shownAt == nil { recent.add(node) }
    }

    /// Loads a catalog that must be that of `path`; nil for a bound one, which is of another place.
    static func load(
        _ reference: CatalogReference,
        at path: BytePath?,
        from store: any ObjectReader,
        in medium: SQLiteDatabase.Medium = .memory
    ) throws -> Catalog {
        let catalog = try inflated(reference, from: store, in: medium) ?? whole(reference, at: path, from: store)
        if let path, catalog.rootPrefix != path {
            throw CVMFSError(.corrupt, "catalog \(reference.hash) at \(path) says it belongs to \(catalog.rootPrefix)")
        }
        return catalog
    }

    /// A catalog of known size, inflated to where it stays: millions of rows are not in memory twice. Nil where it is not as
    /// is said, which ``whole(_:at:from:)`` finds, too.
    private static func inflated(
        _ reference: CatalogReference,
        from store: any ObjectReader,
        in medium: SQLiteDatabase.Medium
    ) throws -> Catalog? {
        let stored = try store.load(reference.hash, .catalog)
        let greatest = min(stored.count * ZlibInflater.greatestFactor, 1 << 32)
        guard reference.size > 0, let size = Int(exactly: reference.size), size <= greatest else { return nil }
        do {
            return try Catalog(count: size, in: medium) { try ZlibInflater.inflate(stored, into: $0) }
        } catch is CodecError {
            return nil
        }
    }

    private static func whole(_ reference: CatalogReference, at path: BytePath?, from store: any ObjectReader) throws
        -> Catalog
    {
        let bytes = try store.loadInflated(reference.hash, .catalog)
        guard reference.size == 0 || reference.size == Int64(bytes.count) else {
            throw CVMFSError(
                .corrupt,
                "catalog \(reference.hash) at \(path ?? BytePath()) has \(bytes.count) bytes, announced are \(reference.size)"
            )
        }
        return try Catalog(bytes: bytes)
    }
}
