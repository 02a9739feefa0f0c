import CVMFS
import Layers
import OCI
import Plumbing

/// Compares one layer of a repository with the layer's bytes. Runs on a dedicated thread.
struct LayerComparison {
    let tree: CatalogTree
    let expectation: LayerExpectation
    let limits: LayerLimits

    /// A layer that is all wrong shall not fill memory and terminal.
    private static let limit = 100

    func differences(_ read: @escaping () throws -> [UInt8]?) throws -> [String] {
        let root = RepositoryLayout.layerRoot(expectation.digest)
        guard try tree.entry(at: root) != nil else {
            // The bytes are read all the same: whoever fills the pipe must come to its end.
            while try read() != nil {}
            return ["\(root) is missing"]
        }
        var differences = try recordDifferences()
        let expected = try expectedEntries(read)
        var found: Set<BytePath> = []
        var catalogRoots: Set<BytePath> = []
        try tree.walk(root) { path, row in
            guard let relative = path.relative(to: root) else { return }
            if row.flags.contains(.mountpoint) { catalogRoots.insert(relative) }
            if let parent = relative.parent, catalogRoots.contains(parent), isMarker(relative, row) { return }
            found.insert(relative)
            guard let entry = expected[relative] else {
                differences.append("\(relative) is not in the layer")
                return
            }
            differences += try compare(path, row, with: entry).map { "\(relative): \($0)" }
        }
        for path in expected.keys.sorted() where !found.contains(path) { differences.append("\(path) is missing") }
        if differences.count > Self.limit {
            let more = differences.count - Self.limit
            differences = differences.prefix(Self.limit) + ["and \(more) differences more"]
        }
        return differences
    }

    /// What the layer's bytes say of an entry: its row without content, and the content's SHA-256.
    private struct Expected {
        let row: CatalogEntry
        let content: [UInt8]?
    }

    private func expectedEntries(_ read: @escaping () throws -> [UInt8]?) throws -> [BytePath: Expected] {
        let reader = try LayerReader(
            expecting: expectation,
            limits: limits,
            policy: LayerIngestion.policy,
            read: read
        )
        var layer = LayerTree<[UInt8]>(limits: limits)
        while let entry = try reader.next() {
            guard case .file = entry.kind else {
                try layer.add(entry, content: nil)
                continue
            }
            let digest = try MessageDigest(.sha256)
            try reader.readContent { digest.update($0) }
            try layer.add(entry, content: digest.finish())
        }
        var entries: [BytePath: Expected] = [:]
        for node in try layer.finish() {
            guard case .file(let size, let digest) = node.kind else {
                entries[node.path] = Expected(row: try CatalogRow.make(node, content: nil).row, content: nil)
                continue
            }
            // Any object will do: rows are compared without it.
            let object = StoredContent.whole(hash: try ContentHash(.sha1, of: []), size: size, compression: .zlib)
            entries[node.path] = Expected(row: try CatalogRow.make(node, content: object).row, content: digest)
        }
        return entries
    }

    private func recordDifferences() throws -> [String] {
        let path = RepositoryLayout.layerRecord(expectation.digest)
        guard let bytes = try tree.readFile(path) else {
            return ["\(path) is missing: Wafer did not publish this layer"]
        }
        let record = try LayerRecord.decode(bytes)
        return record.digest == expectation.digest.description
            ? [] : ["\(path) is the record of \(Printable.text(record.digest))"]
    }

    /// Whether this is what every root of a nested catalog has, and nothing of the layer (docs/cvmfs-format.md §3.8).
    private func isMarker(_ path: BytePath, _ row: CatalogEntry) -> Bool {
        path.name == CatalogEntry.markerName && row.type == .regular && row.size == 0
    }

    private func compare(_ path: BytePath, _ row: CatalogEntry, with expected: Expected) throws -> [String] {
        var differences: [String] = []
        func check<Value: Equatable>(_ what: String, _ found: Value, _ wanted: Value) {
            if found != wanted { differences.append("\(what) is \(found), in the layer \(wanted)") }
        }
        let wanted = expected.row
        check("mode", String(row.mode, radix: 8), String(wanted.mode, radix: 8))
        check("owner", "\(row.uid):\(row.gid)", "\(wanted.uid):\(wanted.gid)")
        check("modification time", row.modified, wanted.modified)
        check("nanoseconds", row.nanoseconds ?? 0, wanted.nanoseconds ?? 0)
        check("link target", Printable.text(row.symlink), Printable.text(wanted.symlink))
        if row.xattrs != wanted.xattrs { differences.append("the extended attributes differ") }
        if !row.isDirectory {
            check("size", row.size, wanted.size)
            check("link count", row.linkCount, wanted.linkCount)
        }
        if let content = expected.content, row.type == .regular { differences += try compareContent(path, content) }
        return differences
    }

    private func compareContent(_ path: BytePath, _ expected: [UInt8]) throws -> [String] {
        let digest = try MessageDigest(.sha256)
        do {
            try tree.store.readContent(try tree.content(of: path)) { digest.update($0) }
        } catch let error as CVMFSError {
            return ["the content cannot be read: \(error)"]
        }
        return digest.finish() == expected ? [] : ["the content differs"]
    }
}
