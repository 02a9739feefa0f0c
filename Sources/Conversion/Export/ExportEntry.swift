import CVMFS
import Layers
import Plumbing

/// A row of a catalog as the entry of an archive; what no archive could hold is an error that names the path.
struct ExportEntry {
    let row: CatalogEntry
    let path: BytePath
    let node: FileNode

    init(_ row: CatalogEntry, at path: BytePath) throws {
        self.row = row
        self.path = path
        node = try row.node(at: path)
    }

    /// Where the file's bytes lie: pieces without a gap, as many bytes as the row announces.
    func content(in catalog: Catalog) throws -> StoredContent {
        if row.flags.contains(.external) {
            throw CVMFSError(.refused, "\(path) is an external file: its content does not lie in the repository")
        }
        let content = try catalog.content(of: path, entry: row)
        var end: Int64 = 0
        for chunk in content.chunks {
            guard chunk.offset == end, chunk.size >= 0 else {
                throw CVMFSError(.corrupt, "the chunks of \(path) do not follow each other")
            }
            end += chunk.size
        }
        guard content.size == row.size else {
            throw CVMFSError(.corrupt, "\(path) has \(row.size) bytes, and its content \(content.size)")
        }
        return content
    }
}
