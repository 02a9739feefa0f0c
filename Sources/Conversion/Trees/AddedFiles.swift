import CVMFS
import Layers
import Plumbing

/// What is added to a tree, in the shape of a layer that gives way to all others.
struct AddedFiles {
    private var rows: [BytePath: UnpackableRow<CatalogEntry>] = [:]
    private var names: [BytePath: [[UInt8]]] = [:]

    /// These files, and the directories on the way to them. `content` stores what a file holds.
    init(_ files: [AddedFile], content: (AddedFile) throws -> StoredContent) throws {
        try add(AddedFile(BytePath(), FileNode(.directory)), nil)
        for file in files.sorted(by: { $0.path < $1.path }) {
            for directory in file.path.ancestors where rows[directory] == nil {
                try add(AddedFile(directory, FileNode(.directory)), nil)
            }
            let isFile = if case .file = file.node.kind { true } else { false }
            try add(file, isFile ? try content(file) : nil)
        }
        for directory in names.keys { names[directory]?.sort { $0.lexicographicallyPrecedes($1) } }
    }

    private mutating func add(_ file: AddedFile, _ content: StoredContent?) throws {
        let kind: UnpackableRow<CatalogEntry>.Kind =
            switch file.node.kind {
            case .directory: .directory(isOpaque: false)
            case .symlink(let target): .symlink(target)
            case .file, .characterDevice, .blockDevice, .fifo, .socket: .other
            }
        let row = try CatalogEntry(file.node, named: file.path.name, content: content)
        let isNew = rows.updateValue(UnpackableRow(name: row.name, kind: kind, row: row), forKey: file.path) == nil
        if isNew, let parent = file.path.parent { names[parent, default: []].append(row.name) }
    }

    func row(at path: BytePath) -> UnpackableRow<CatalogEntry>? { rows[path] }

    func rows(in directory: BytePath) -> [UnpackableRow<CatalogEntry>] {
        (names[directory] ?? []).compactMap { rows[directory.appending($0)] }
    }
}
