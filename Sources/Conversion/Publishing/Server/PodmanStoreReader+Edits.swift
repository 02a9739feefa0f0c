import CVMFS
import Plumbing
import StockServer

extension PodmanStoreReader {
    /// Reads a revision as it will be when small files, links and removals were applied to it.
    init(_ reader: any RevisionReader, with edits: [TreeEdit]) {
        let (former, edits) = (PodmanStoreReader(reader), EditedPaths(edits))
        self.init(
            kind: { try edits.kind($0) ?? (edits.isGone($0) ? nil : former.kind($0)) },
            bytes: { path in
                if case .file(let bytes) = edits.changes[path] { return bytes }
                return edits.isGone(path) ? nil : try former.bytes(path)
            },
            names: { directory in
                let left = try former.names(directory).filter { !edits.isGone(directory.appending($0)) }
                return Array(Set(left).union(edits.names(in: directory)))
            }
        )
    }
}

/// What edits make of the paths that they name.
private struct EditedPaths {
    private(set) var changes: [BytePath: TreeEdit.Change] = [:]
    /// The directories that are made on the way to what is written.
    private var above: Set<BytePath> = []

    init(_ edits: [TreeEdit]) {
        for edit in edits {
            changes[edit.path] = edit.change
            if !edit.change.isRemoval { above.formUnion(edit.path.ancestors) }
        }
    }

    func kind(_ path: BytePath) -> FileNode.Kind? {
        switch changes[path] {
        case .file(let bytes): .file(size: Int64(bytes.count))
        case .symlink(let target): .symlink(target: target)
        case .directory: .directory
        case .attach, .amend, .name, .remove, .removeUnless, nil: above.contains(path) ? .directory : nil
        }
    }

    func names(in directory: BytePath) -> Set<[UInt8]> {
        let written = above.union(changes.filter { !$0.value.isRemoval }.keys)
        return Set(written.filter { $0.parent == directory }.map(\.name))
    }

    func isGone(_ path: BytePath) -> Bool {
        (path.ancestors + [path]).contains { changes[$0]?.isRemoval == true }
    }
}
