import CVMFS
import Layers
import Plumbing

/// Compares the entries of a tree with what its layers and what is added make together. Both come in path order: neither
/// is held.
struct LayerTreeComparison {
    let tree: CatalogTree
    let root: BytePath
    /// Bottom to top.
    let layers: [StoredLayer]
    let additions: [AddedFile]
    let rule: TreeRowRule
    /// What may be missing.
    let losses: Set<LayerLoss>

    /// A tree that is all wrong shall not fill memory and terminal.
    private static let limit = 100

    /// What was found.
    struct Result {
        /// One line each.
        var differences: [String] = []
        /// What the layers make: files and directories, and the bytes of the files.
        var entries = 0
        var size: Int64 = 0
        /// How many differences there are.
        fileprivate var count = 0

        fileprivate mutating func add(_ path: String, _ text: String) {
            count += 1
            if count <= LayerTreeComparison.limit { differences.append("\(path)\(text)") }
        }
    }

    /// Throws what reading the repository throws, and ``LayerError`` for layers of which no tree can be made.
    func run() throws -> Result {
        let added = try AddedFiles(additions) { file in
            // What is stored is compared with the bytes.
            .whole(hash: try ContentHash(.sha1, of: []), size: Int64(file.content.count), compression: .zlib)
        }
        var result = Result()
        var unpacking = try LayerUnpacking(layers.map(TreeLayer.stored) + [.added(added)])
        func next() throws -> UnpackedEntry<CatalogEntry>? {
            guard let entry = try unpacking.next() else { return nil }
            result.entries += 1
            if let row = entry.row, row.type == .regular { result.size += row.size }
            return entry
        }
        func miss(_ entry: UnpackedEntry<CatalogEntry>) {
            if losses.contains(.specialFiles), entry.row?.isSpecial == true { return }
            result.add(name(entry.path), " is missing")
        }
        let rows = RowComparison(losses: losses, place: "by its layers")
        let contents = try ContentComparison(store: tree.store)
        var wanted = try next()
        var catalogRoots: Set<BytePath> = []
        try tree.walk(root) { place, row in
            guard let path = place.relative(to: root) else { return }
            if row.flags.contains(.mountpoint) { catalogRoots.insert(path) }
            if let parent = path.parent, catalogRoots.contains(parent), RowComparison.isMarker(path, row) { return }
            while let entry = wanted, entry.path < path {
                miss(entry)
                wanted = try next()
            }
            guard let entry = wanted, entry.path == path else {
                return result.add(name(path), " is not in the layers of the image")
            }
            let right = try rule.row(of: entry)
            for difference in rows.differences(row, right) { result.add(name(path), ": \(difference)") }
            if row.type == .regular, right.type == .regular, row.size == right.size {
                try compareContent(of: place, row, with: entry, contents)
            }
            wanted = try next()
        }
        while let entry = wanted {
            miss(entry)
            wanted = try next()
        }
        for line in contents.finish() { result.add("/", line) }
        if result.count > Self.limit {
            result.differences.append("and \(result.count - Self.limit) differences more in \(root.absolute)")
        }
        return result
    }

    private func name(_ path: BytePath) -> String { root.appending(path).absolute }

    /// Files of the same object are the same: it was compared with the layer's bytes. Others are read.
    private func compareContent(
        of place: BytePath,
        _ row: CatalogEntry,
        with entry: UnpackedEntry<CatalogEntry>,
        _ contents: ContentComparison
    ) throws {
        if entry.layer == layers.count {
            guard let file = additions.first(where: { $0.path == entry.path }) else { return }
            let digest = try MessageDigest.hash(.sha256, file.content)
            return contents.compare(try tree.content(of: place), with: digest, at: place)
        }
        if let hash = row.hash, hash == entry.row?.hash { return }
        let stored = try tree.content(of: place)
        let layer = layers[entry.layer]
        let right = try layer.content(at: entry.origin.appending(entry.path.name))
        if stored.hasSameObjects(as: right) { return }
        let digest = try MessageDigest(.sha256)
        try tree.store.readContent(right) { digest.update($0) }
        contents.compare(stored, with: digest.finish(), at: place)
    }
}

extension CatalogEntry {
    /// Whether it is a device, a FIFO or a socket.
    fileprivate var isSpecial: Bool {
        switch type {
        case .characterDevice, .blockDevice, .fifo, .socket: true
        case .regular, .directory, .symlink, nil: false
        }
    }
}

extension StoredContent {
    /// Whether both are read from the same objects.
    fileprivate func hasSameObjects(as other: StoredContent) -> Bool {
        switch (self, other) {
        case (.whole(let hash, _, _), .whole(let right, _, _)): hash == right
        case (.chunked(let chunks, _, _), .chunked(let right, _, _)): chunks == right
        case (.whole, .chunked), (.chunked, .whole): false
        }
    }
}
