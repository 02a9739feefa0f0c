import CVMFS
import Plumbing
import StockServer

extension PodmanStoreReader {
    /// Reads a revision as it will be when small files, links and removals were applied to it.
    init(_ reader: any RevisionReader, with edits: [TreeEdit]) {
        let edits = EditedPaths(edits)
        self.init(
            kind: { path in
                if let kind = edits.kind(path) { return kind }
                return edits.isGone(path) ? nil : try reader.entries([path])[path]?.kind
            },
            bytes: { path in
                if case .file(let bytes) = edits.changes[path] { return bytes }
                return edits.isGone(path) ? nil : try reader.contents([path])[path]
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

    func isGone(_ path: BytePath) -> Bool {
        (path.ancestors + [path]).contains { changes[$0]?.isRemoval == true }
    }
}
