import CVMFS
import OCI
import Plumbing

/// Lists of a ``PodmanStore`` that somebody took away, made again of what is there of each image: podman would refuse the store,
/// and a list that began anew with one image would quietly be without the others.
///
/// Which names an image had stood in the list alone. Each image that a name stands for is marked, and the next conversion of
/// that name, which finds the mark, puts the name back.
struct PodmanStoreLoss {
    private let reader: PodmanStoreReader

    /// Of the store that `reader` reads, before anything is changed.
    init(_ reader: PodmanStoreReader) {
        self.reader = reader
    }

    /// The edits of a commit, after those that make the lost lists again where it amends them.
    ///
    /// Throws ``ConversionError`` where an image of the store cannot be read, with what to do, and what reading throws.
    func mended(_ edits: [TreeEdit]) throws -> [TreeEdit] {
        guard edits.contains(where: { $0.path == PodmanStore.images }) else { return edits }
        let lost = try PodmanStore.lists.filter { try reader.kind($0) == nil }
        guard !lost.isEmpty else { return edits }
        let images = try images(writtenBy: edits)
        guard !images.isEmpty else { return edits }
        var mending: [TreeEdit] = []
        for path in lost {
            switch path {
            case PodmanStore.images: mending.append(try Self.list(path, images.map { ($0.id, try $0.imageMembers()) }))
            case PodmanStore.layers:
                mending.append(try Self.list(path, images.map { (try $0.layer, try $0.layerMembers()) }))
            default: mending.append(TreeEdit(path, .file([])))
            }
        }
        if lost.contains(PodmanStore.images) { mending += try marks(of: Set(images.map(\.id)), besides: edits) }
        return mending + edits
    }

    private static func list(_ path: BytePath, _ entries: [(String, [String: JSONValue?])]) throws -> TreeEdit {
        var list = try PodmanList(nil, at: path)
        try list.put(entries.map { (id: $0.0, members: $0.1) })
        let bytes = list.encoded()
        return TreeEdit(path, .amend(FileAmendment("podman's list, made again") { former in former ?? bytes }))
    }

    /// The images that have a folder, but for those whose documents the edits write or take away.
    private func images(writtenBy edits: [TreeEdit]) throws -> [PodmanImage] {
        let touched = Set(edits.map(\.path))
        var images: [PodmanImage] = []
        for name in try reader.names(PodmanStore.imageFolders).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let id = String(decoding: name, as: UTF8.self)
            let folder = PodmanStore.folder(image: id)
            guard let digest = try? Digest(parsing: "sha256:\(id)"), try reader.kind(folder) == .directory else {
                continue
            }
            let document = PodmanStore.data(PodmanStore.manifestName, of: id)
            if touched.contains(folder) || touched.contains(document) { continue }
            do {
                images.append(try image(id, digest))
            } catch let error as ConversionError {
                throw ConversionError(
                    "a list of podman's store is lost, and cannot be made again since \(folder.absolute) is damaged "
                        + "(\(error)): remove \(PodmanStore.root.absolute) (wafer repository rm) and convert the images again"
                )
            }
        }
        return images
    }

    private func image(_ id: String, _ digest: Digest) throws -> PodmanImage {
        func document(_ name: String) throws -> [UInt8] {
            let path = PodmanStore.data(name, of: id)
            guard let bytes = try reader.bytes(path) else { throw ConversionError("there is no \(path.absolute)") }
            return bytes
        }
        // What somebody else put there has layers that only the lists knew.
        let diff = PodmanStore.diff(ofLayer: try PodmanStore.layer(ofImage: id))
        guard case .symlink = try reader.kind(diff) else { throw ConversionError("there is no link \(diff.absolute)") }
        let record = try reader.bytes(RepositoryLayout.treeRecord(digest)).flatMap(TreeRecord.decode)
        return try PodmanImage(
            names: [],
            manifest: document(PodmanStore.manifestName),
            configuration: document("\(digest)"),
            size: record?.size ?? 0,
            tree: RepositoryLayout.tree(digest)
        )
    }

    /// Marks beside the manifests of images that the store has; a mark that the edits take away is not made.
    private func marks(of ids: Set<String>, besides edits: [TreeEdit]) throws -> [TreeEdit] {
        let removed = Set(edits.filter(\.change.isRemoval).map(\.path))
        var marks: [TreeEdit] = []
        var folders = [RepositoryLayout.images, RepositoryLayout.platformImages]
        while let folder = folders.popLast() {
            guard try reader.kind(folder) == .directory else { continue }
            let manifest = RepositoryLayout.ImageFile.manifest.path(in: folder)
            if let bytes = try reader.bytes(manifest) {
                let mark = RepositoryLayout.podmanLoss(in: folder)
                guard case .image(let image)? = try? RawManifest(bytes: bytes).decoded,
                    ids.contains(image.config.digest.hex), !removed.contains(mark)
                else { continue }
                marks.append(TreeEdit(mark, .file([])))
            } else {
                folders += try reader.names(folder).map(folder.appending)
            }
        }
        return marks.sorted { $0.path < $1.path }
    }
}
