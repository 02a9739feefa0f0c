import CVMFS
import OCI
import Plumbing

/// Lists of a ``PodmanStore`` that somebody took away, made again of what is there of each image: podman would refuse the store,
/// and a list that began anew with one image would quietly be without the others.
///
/// Which names an image has, their links say.
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
            case PodmanStore.images:
                mending.append(try Self.list(path, images.map { ($0.id, try $0.imageMembers(named: $0.names)) }))
            case PodmanStore.layers:
                mending.append(try Self.list(path, images.map { (try $0.layer, try $0.layerMembers()) }))
            default: mending.append(TreeEdit(path, .file([])))
            }
        }
        return mending + edits
    }

    private static func list(_ path: BytePath, _ entries: [(String, [String: JSONValue?])]) throws -> TreeEdit {
        var list = try PodmanList(nil, at: path)
        try list.put(entries.map { (id: $0.0, members: $0.1) })
        let bytes = list.encoded()
        return TreeEdit(path, .amend(FileAmendment("podman's list, made again") { former in former ?? bytes }))
    }

    /// The images that have a folder. A damaged one is left to the edits where these write its documents or take them away.
    private func images(writtenBy edits: [TreeEdit]) throws -> [PodmanImage] {
        let touched = Set(edits.map(\.path))
        let names = try names()
        var images: [PodmanImage] = []
        for name in try reader.names(PodmanStore.imageFolders).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let id = String(decoding: name, as: UTF8.self)
            let folder = PodmanStore.folder(image: id)
            guard let digest = try? Digest(parsing: "sha256:\(id)"), try reader.kind(folder) == .directory else {
                continue
            }
            do {
                images.append(try image(id, digest, names[id] ?? []))
            } catch let error as ConversionError {
                let document = PodmanStore.data(PodmanStore.manifestName, of: id)
                if touched.contains(folder) || touched.contains(document) { continue }
                throw ConversionError(
                    "a list of podman's store is lost, and cannot be made again since \(folder.absolute) is damaged "
                        + "(\(error)): remove \(PodmanStore.root.absolute) (wafer repository rm) and convert the images again"
                )
            }
        }
        return images
    }

    /// The names of each image, by their links.
    private func names() throws -> [String: [String]] {
        var names: [String: [String]] = [:]
        var ways = [PodmanStore.names]
        while let way = ways.popLast() {
            switch try reader.kind(way) {
            case .directory: ways += try reader.names(way).map(way.appending)
            case .symlink(let id):
                let name = way.components.dropFirst(PodmanStore.names.depth + 1)
                    .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
                if PodmanName.isNormal(name) { names[String(decoding: id, as: UTF8.self), default: []].append(name) }
            default: break
            }
        }
        return names
    }

    private func image(_ id: String, _ digest: Digest, _ names: [String]) throws -> PodmanImage {
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
            names: names,
            manifest: document(PodmanStore.manifestName),
            configuration: document("\(digest)"),
            size: record?.size ?? 0,
            tree: RepositoryLayout.tree(digest)
        )
    }
}
