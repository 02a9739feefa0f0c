import CVMFS
import Layers
import OCI
import Plumbing

/// Compares one layer of a repository with the layer's bytes. Runs on a dedicated thread.
struct LayerComparison {
    let tree: CatalogTree
    let expectation: LayerExpectation
    let limits: LayerLimits
    /// The layers below it in the image, bottom to top, as the registry has them.
    let below: [LayerNodes<PlainDigest>]
    /// Whether another program may have made it.
    var isAdopted = false

    /// A layer that is all wrong shall not fill memory and terminal.
    private static let limit = 100

    /// What was found.
    struct Result {
        /// One line each.
        var differences: [String]
        /// What is not stored of the layer: what its record says, and what no publisher can. These are no differences.
        var losses: [LayerLoss: Int] = [:]
        /// Whether another program made it.
        var isAdopted = false
        /// The layer as its bytes say, with the SHA-256 of each content.
        var nodes: LayerNodes<PlainDigest>?
    }

    func run(_ read: @escaping () throws -> [UInt8]?) throws -> Result {
        let root = RepositoryLayout.layerRoot(expectation.digest)
        guard try tree.entry(at: root) != nil else {
            // The bytes are read all the same: the layers above stand on it.
            return Result(differences: ["\(root) is missing"], nodes: try expectedNodes(read).nodes)
        }
        let record = try record()
        var differences = record.differences
        let (expected, leftOut) = try expectedNodes(read)
        // Both sides come in path order: neither is held.
        var nodes = expected.makeIterator()
        var next = nodes.next()
        let base = try baseRecord()
        let dependent = base.map(Self.dependentEntries) ?? []
        func isDependent(_ path: BytePath, _ row: CatalogEntry) throws -> Bool {
            if dependent.contains(path) { return true }
            // A root that no member names is not recorded where it is as every such root.
            if path.isRoot { return try LayerBaseRecord.isPlainRoot(row.node(at: path).attributes) }
            return base?.leftOut != nil && row.isDirectory
        }
        var ofAnotherBase = 0
        var notStored = record.losses.merging(leftOut) { max($0, $1) }
        var adopted = record.isAdopted ? AdoptedLayerComparison() : nil
        let losses = record.isAdopted ? AdoptedLayerComparison.losses : Set(notStored.keys)
        let rows = RowComparison(losses: losses, place: "in the layer")
        func miss(_ node: LayerNode<PlainDigest>) {
            if adopted?.expectsFile(for: node) == true { return }
            if let loss = node.lossWhereDropped, losses.contains(loss) { return }
            if node.lossWhereDropped == .whiteouts, node.path.depth == 1, dependent.contains(BytePath()) {
                return ofAnotherBase += 1
            }
            differences.append("\(node.path) is missing")
        }
        let contents = try ContentComparison(store: tree.store)
        var catalogRoots: Set<BytePath> = []
        try tree.walk(root) { path, row in
            guard let relative = path.relative(to: root) else { return }
            if row.flags.contains(.mountpoint) { catalogRoots.insert(relative) }
            if let parent = relative.parent, catalogRoots.contains(parent), RowComparison.isMarker(relative, row) {
                return
            }
            if adopted?.isWhiteoutFile(relative) == true { return }
            while let node = next, node.path < relative {
                miss(node)
                next = nodes.next()
            }
            guard let node = next, node.path == relative else {
                if try isDependent(relative, row) { return ofAnotherBase += 1 }
                differences.append("\(relative) is not in the layer")
                return
            }
            next = nodes.next()
            let right = try adopted?.right(for: row, Self.row(of: node)) ?? Self.row(of: node)
            let found = rows.differences(row, right).map { "\(relative): \($0)" }
            if !found.isEmpty, try isDependent(relative, row) { return ofAnotherBase += 1 }
            differences += found
            if let content = node.content, row.type == .regular {
                do {
                    contents.compare(try tree.content(of: path), with: content.bytes, at: relative)
                } catch let error as CVMFSError {
                    differences.append("\(relative): the content cannot be read: \(error)")
                }
            }
        }
        differences += contents.finish()
        while let node = next {
            miss(node)
            next = nodes.next()
        }
        if let adopted {
            differences += adopted.differences
            notStored.merge(adopted.found) { max($0, $1) }
        }
        if ofAnotherBase > 0 { notStored[.otherBase] = ofAnotherBase }
        if differences.count > Self.limit {
            let more = differences.count - Self.limit
            differences = differences.prefix(Self.limit) + ["and \(more) differences more"]
        }
        return Result(
            differences: differences,
            losses: notStored,
            isAdopted: record.isAdopted,
            nodes: expected
        )
    }

    /// The entries that the layer has as other layers had them when it was published; with the root among them where that
    /// was opaque. Other ones below are said and no fault (``LayerLoss/otherBase``).
    private static func dependentEntries(_ base: LayerBaseRecord) -> Set<BytePath> {
        let paths = base.directories.map(\.path) + base.links.map(\.path) + base.hiddenNames
        var entries = Set(paths.compactMap(EscapedPath.path))
        if base.hidesRoot == true || !base.hiddenNames.isEmpty { entries.insert(BytePath()) }
        return entries
    }

    private func baseRecord() throws -> LayerBaseRecord? {
        let root = RepositoryLayout.layerRoot(expectation.digest)
        return try tree.readFile(RepositoryLayout.layerBase(at: root)).map(LayerBaseRecord.decode)
    }

    /// The layer's files as its bytes say, with the SHA-256 of their content, and what is left out for every publisher.
    private func expectedNodes(
        _ read: @escaping () throws -> [UInt8]?
    ) throws -> (nodes: LayerNodes<PlainDigest>, leftOut: [LayerLoss: Int]) {
        let reader = try LayerReader(
            expecting: expectation,
            limits: limits,
            policy: LayerIngestion.policy,
            read: read
        )
        var layer = LayerTree<PlainDigest>(limits: limits)
        while let entry = try reader.next() {
            guard entry.contentSize != nil else {
                try layer.add(entry, content: nil)
                continue
            }
            let digest = try MessageDigest(.sha256)
            try reader.readContent { digest.update($0) }
            try layer.add(entry, content: PlainDigest(digest.finish()))
        }
        let complete = try layer.finish(over: LayerStack(below))
        return (complete.nodes, LayerLoss.losses(of: try reader.summary.adding(complete.notes)))
    }

    private static func row(of node: LayerNode<PlainDigest>) throws -> CatalogEntry {
        // Any object will do: rows are compared without it.
        let object: StoredContent? =
            if case .file(let size) = node.kind {
                .whole(hash: try ContentHash(.sha1, of: []), size: size, compression: .zlib)
            } else { nil }
        return try node.row(content: object).row
    }

    private func record() throws -> Result {
        let path = RepositoryLayout.layerRecord(expectation.digest)
        guard let bytes = try tree.readFile(path) else {
            if isAdopted { return try adoptedRecord() }
            return Result(differences: ["\(path) is missing: Wafer did not publish this layer"])
        }
        let record = try LayerRecord.decode(bytes)
        guard record.digest == expectation.digest.description else {
            return Result(differences: ["\(path) is the record of \(Printable.text(record.digest))"])
        }
        var differences: [String] = []
        let agreement = record.agrees(expectation)
        if !agreement.size {
            differences.append("\(path) says \(record.size) bytes, the manifest \(expectation.size)")
        }
        if let diffID = expectation.diffID, !agreement.diffID {
            differences.append("\(path) says the diff id \(Printable.text(record.diffID)), the configuration \(diffID)")
        }
        return Result(differences: differences, losses: record.losses)
    }

    /// What DUCC says of its layer. One that it did not complete is brought by the next conversion.
    private func adoptedRecord() throws -> Result {
        let paths = [RepositoryLayout.layerRoot(expectation.digest), AdoptedLayer.record(of: expectation.digest)]
        let fault = AdoptedLayer.fault(
            of: expectation.digest,
            diffID: expectation.diffID,
            in: try tree.contents(of: paths)
        )
        return Result(
            differences: fault.map { ["\($0); `wafer convert` brings the layer"] } ?? [],
            isAdopted: true
        )
    }
}
