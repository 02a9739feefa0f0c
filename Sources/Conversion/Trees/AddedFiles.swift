import CVMFS
import Layers
import Plumbing

/// What is added to a tree, in the shape of a layer that gives way to all others.
struct AddedFiles {
    private var rows: [BytePath: UnpackableRow<CatalogEntry>] = [:]
    private var names: [BytePath: [[UInt8]]] = [:]

    /// These files, and the directories on the way to them. `content` stores what a file holds.
    init(_ files: [AddedFile], content: (AddedFile) throws -> StoredContent) throws {
        // In path order, and so the names of each directory in that of their bytes.
        for file in files.withDirectories {
            let isFile = if case .file = file.node.kind { true } else { false }
            let row = try CatalogEntry(
                file.node,
                named: file.path.name,
                content: isFile ? try content(file) : nil
            )
            rows[file.path] = UnpackableRow(name: row.name, kind: .init(file.node), row: row)
            if let parent = file.path.parent { names[parent, default: []].append(row.name) }
        }
    }

    func row(at path: BytePath) -> UnpackableRow<CatalogEntry>? { rows[path] }

    func rows(in directory: BytePath) -> [UnpackableRow<CatalogEntry>] {
        (names[directory] ?? []).compactMap { rows[directory.appending($0)] }
    }
}
