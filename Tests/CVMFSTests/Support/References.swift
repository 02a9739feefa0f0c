import CVMFS
import Plumbing

/// The objects that some revision of a repository refers to: what the reference log lists, and what that leads to.
struct References {
    private(set) var objects: Set<String> = []
    private let store: any ObjectReader

    init(_ store: any ObjectReader) throws {
        self.store = store
        // The content of a catalog's marker, which every preparation stores.
        add(try ContentHash(.sha1, of: ZlibCompressor.emptyStream), .file)
        for reference in try Reflog(bytes: try store.readTopLevel(Reflog.fileName) ?? []).references() {
            if reference.kind == .catalog {
                try addCatalog(reference.hash)
            } else {
                add(reference.hash, reference.kind)
            }
        }
    }

    private mutating func add(_ hash: ContentHash, _ kind: ObjectKind) {
        objects.insert(hash.objectPath(kind))
    }

    private mutating func addCatalog(_ hash: ContentHash) throws {
        guard objects.insert(hash.objectPath(.catalog)).inserted else { return }
        let catalog = try Catalog(bytes: try store.loadInflated(hash, .catalog))
        for nested in try catalog.nestedCatalogs() { try addCatalog(nested.reference.hash) }
        try addContent(of: catalog.rootPrefix, in: catalog)
    }

    private mutating func addContent(of directory: BytePath, in catalog: Catalog) throws {
        for entry in try catalog.entries(of: directory) {
            let path = directory.appending(entry.name)
            if entry.isDirectory { try addContent(of: path, in: catalog) }
            guard entry.type == .regular else { continue }
            switch try catalog.content(of: path, entry: entry) {
            case .whole(let hash, _, _): add(hash, .file)
            case .chunked(let chunks, _, _): for chunk in chunks { add(chunk.hash, .chunk) }
            }
        }
    }
}
