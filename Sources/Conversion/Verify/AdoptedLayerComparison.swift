import CVMFS
import Layers
import Plumbing

/// What is otherwise in a layer that DUCC made with `cvmfs_server ingest`: it belongs to the repository's owner, hard links are
/// files, attributes are missing, and what it deletes are files with the names of AUFS.
struct AdoptedLayerComparison {
    /// What may be missing.
    static let losses: Set<LayerLoss> = [.owners, .extendedAttributes, .fractionsOfSeconds, .hardLinks, .specialFiles]

    /// What is: how often, by kind.
    private(set) var found: [LayerLoss: Int] = [:]
    /// The files that say what is deleted: those there are, and those that should be.
    private var files: Set<BytePath> = []
    private var wanted: Set<BytePath> = []

    /// Whether an entry says that something is deleted.
    mutating func isWhiteoutFile(_ path: BytePath) -> Bool {
        guard path.name.starts(with: WhiteoutFiles.prefix) else { return false }
        // The bookkeeping of AUFS says nothing.
        let isBookkeeping = path.name.starts(with: WhiteoutFiles.prefix + WhiteoutFiles.prefix)
        if !isBookkeeping { files.insert(path) }
        return true
    }

    /// Whether a file says what a node of the layer means: that something is deleted.
    mutating func expectsFile(for node: LayerNode<PlainDigest>) -> Bool {
        guard node.lossWhereDropped == .whiteouts else { return false }
        let name = WhiteoutFiles.prefix + node.path.name
        wanted.insert(node.path.parent?.appending(name) ?? BytePath().appending(name))
        found[.whiteouts, default: 0] += 1
        return true
    }

    /// The row that a node should have; what is lost is noted.
    mutating func right(for row: CatalogEntry, _ wanted: CatalogEntry) -> CatalogEntry {
        if (row.uid, row.gid) != (wanted.uid, wanted.gid) { found[.owners, default: 0] += 1 }
        if row.xattrs == nil, wanted.xattrs != nil { found[.extendedAttributes, default: 0] += 1 }
        if row.nanoseconds == nil, wanted.nanoseconds ?? 0 > 0 { found[.fractionsOfSeconds, default: 0] += 1 }
        if row.linkCount == 1, wanted.linkCount > 1, !row.isDirectory { found[.hardLinks, default: 0] += 1 }
        guard row.isDirectory else { return wanted }
        // Those that no member of the archive names have the time at which they were made.
        var right = wanted
        (right.modified, right.nanoseconds) = (row.modified, row.nanoseconds)
        return right
    }

    /// Deletions that are missing, or that are there without reason.
    var differences: [String] {
        wanted.subtracting(files).sorted().map { "\($0) is missing" }
            + files.subtracting(wanted).sorted().map { "\($0) is not in the layer" }
    }
}
