package import CVMFS
import Layers
package import Plumbing

/// Writes a subtree of a repository elsewhere: as a tar stream, or into a directory.
///
/// Every object is compared with its hash on the way; content is streamed. The markers of nested catalogs are the
/// format's and stay behind.
package struct SubtreeExport {
    /// What was exported.
    package struct Summary: Sendable, Equatable {
        package var entries = 0
        /// Bytes of file content.
        package var bytes: Int64 = 0
        package var remarks = ExportRemarks()
    }

    private let tree: CatalogTree
    private let root: BytePath

    /// An export of what lies at a path. A single file is exported under its own name.
    package init(_ path: BytePath, of tree: CatalogTree) {
        self.tree = tree
        root = path
    }

    /// Exports everything. Throws `CVMFSError` and what the target throws. Blocks.
    package func run(into target: some ExportTarget) throws -> Summary {
        do {
            var summary = try writeEntries(to: target)
            try target.finish()
            summary.remarks.add(target.remarks)
            return summary
        } catch {
            throw target.explain(error)
        }
    }

    private func writeEntries(to target: some ExportTarget) throws -> Summary {
        var summary = Summary()
        var links = LinkGroups()
        try tree.walk(root) { path, row, catalog in
            if Self.isMarker(row) { return }
            let place = path == root && !row.isDirectory ? BytePath().appending(path.name) : path.relative(to: root)
            let entry = try ExportEntry(row, at: path)
            guard let place, entry.node.kind != .socket else { return summary.remarks.add(.sockets, path.description) }
            summary.entries += 1
            if let first = try links.first(row, at: path, as: place, in: catalog) {
                let attributes = entry.node.attributes
                return try target.add(LayerEntry(path: place, kind: .hardLink(target: first), attributes))
            }
            try target.add(LayerEntry(path: place, entry.node))
            guard case .file = entry.node.kind else { return }
            try tree.store.readContent(try entry.content(in: catalog)) { piece in
                summary.bytes += Int64(piece.count)
                try target.write(piece)
            }
        }
        return summary
    }

    private static func isMarker(_ row: CatalogEntry) -> Bool {
        row.type == .regular && row.size == 0 && CatalogEntry.markerNames.contains(row.name)
    }
}
