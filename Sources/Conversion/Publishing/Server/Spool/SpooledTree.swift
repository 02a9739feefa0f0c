import CVMFS
import Layers
import Plumbing
import StockServer

/// A root file system on its way through `cvmfs_server`: a second part of the archive that has its layers.
///
/// Its files are hard links to those of the layers where these are in the archive and have the same modes, so that nothing
/// is stored twice; the content of others is read once more.
struct SpooledTree: ArchivedSubtree {
    let root: BytePath
    let entries: Int
    let size: Int64
    let specialFiles: [LayerLoss: Int]
    /// What is not as unpackers make it: how often, by kind.
    let notes: [String: Int]
    /// How long it took to merge the layers once.
    let merging: Duration
    private let makeLayers: @Sendable () throws -> [ServerTreeLayer]
    private let modes: TreeModes
    /// The positions of the directories below the root that get catalogs of their own.
    private let nested: Set<Int>

    /// The tree of layers, which `layers` opens for each time that they are gone through. Throws the layers' errors.
    init(_ tree: TreePlan, layers: @escaping @Sendable () throws -> [ServerTreeLayer]) throws {
        root = tree.root
        modes = TreeModes(tree.options)
        makeLayers = { try layers() + [ServerTreeLayer(tree.additions)] }
        let begun = ContinuousClock.now
        var splitter = CatalogSplitter(limits: TreeRows.catalogLimits)
        var count = 0
        var unpacking = try LayerUnpacking(makeLayers())
        var size: Int64 = 0
        var specialFiles: [LayerLoss: Int] = [:]
        while let entry = try unpacking.next() {
            splitter.add(depth: entry.path.depth, isDirectory: entry.isDirectory)
            count += 1
            if case .file(let bytes)? = entry.row?.file.kind { size += bytes }
            if entry.row?.file.kind.isSpecial == true { specialFiles[.specialFiles, default: 0] += 1 }
        }
        entries = count
        notes = unpacking.notes
        merging = .now - begun
        self.size = size
        self.specialFiles = specialFiles
        nested = Set(splitter.nestedCatalogs().map(\.lowerBound))
    }

    func fingerprint() throws -> TreeFingerprint {
        var builder = try TreeFingerprint.Builder()
        try forEach { path, file, _, _ in builder.add(path, file) }
        return builder.finish()
    }

    func write(to archive: TarStreamWriter) throws {
        var index = 0
        try forEach { path, file, row, _ in
            let place = root.appending(path)
            var attributes = file.attributes
            attributes.xattrs = []
            func add(_ kind: LayerEntry.Kind) throws {
                try archive.add(LayerEntry(path: place, kind: kind, attributes))
            }
            defer { index += 1 }
            guard case .file(let size) = file.kind, size > 0, let row else {
                try add(.node(file.kind))
                if path.isRoot || nested.contains(index) {
                    let marker = place.appending(CatalogEntry.markerName)
                    try archive.add(LayerEntry(path: marker, kind: .file(size: 0), FileAttributes(mode: 0o644)))
                }
                return
            }
            if let (layer, path) = row.place, row.file.attributes.mode == attributes.mode,
                let target = try layer.archived(path)
            {
                return try add(.hardLink(target: target))
            }
            try add(.file(size: size))
            if let (layer, path) = row.place {
                try layer.content(at: path).read(archive.write)
            } else {
                try row.content.withUnsafeBytes(archive.write)
            }
        }
    }

    private func forEach(
        _ body: (BytePath, FileNode, ServerTreeLayer.Row?, Int) throws -> Void
    ) throws {
        var unpacking = try LayerUnpacking(makeLayers())
        while let entry = try unpacking.next() {
            var file = entry.row?.file ?? FileNode(.directory)
            file.attributes.mode = modes.mode(file)
            try body(entry.path, file, entry.row, entry.layer)
        }
    }
}
