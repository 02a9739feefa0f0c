import CVMFS
import OCI
import Plumbing
import StockServer

/// What of podman's store no image needs any more that DUCC made: it keeps the layers of images whose tags moved, and an
/// image whose name Wafer gave to a newer one has none, nor has one that Wafer made over DUCC's and nobody wants.
///
/// An entry of DUCC has a layer for each of the image's, and each leads to `.layers`; one of Wafer has one layer, the tree.
struct PodmanLeftovers: Sendable, Equatable {
    /// Ids of images that have no name any more.
    var images: [String] = []
    /// Ids of layers that no image has.
    var layers: [String] = []
    /// Folders of images and layers, and short names, that lead to nothing that is used.
    var paths: [BytePath] = []

    /// Nothing.
    init() {}

    /// Whether there is nothing.
    var isEmpty: Bool { images.isEmpty && layers.isEmpty && paths.isEmpty }

    /// The paths by which it is remembered since when what there is is of no use.
    var keys: [BytePath] {
        Set(images.map(PodmanStore.folder(image:)) + layers.map(PodmanStore.folder(layer:)) + paths).sorted()
    }

    /// Those of which the path is one of these.
    func filter(_ isIncluded: (BytePath) -> Bool) -> PodmanLeftovers {
        var rest = PodmanLeftovers()
        rest.images = images.filter { isIncluded(PodmanStore.folder(image: $0)) }
        rest.layers = layers.filter { isIncluded(PodmanStore.folder(layer: $0)) }
        rest.paths = paths.filter(isIncluded)
        return rest
    }

    static func images(_ reader: any RevisionReader) throws -> [PodmanList.Entry] {
        try PodmanList(PodmanStoreReader(reader).bytes(PodmanStore.images), at: PodmanStore.images).entries
    }

    /// Those of a store, and the layers of the repository that what stays in it leads to. Throws ``ConversionError`` where one
    /// of the lists is not understood. Blocks.
    static func read(_ reader: any RevisionReader) throws -> (leftovers: PodmanLeftovers, needed: Set<BytePath>) {
        var leftovers = PodmanLeftovers()
        let store = PodmanStoreReader(reader)
        let images = try images(reader)
        let layers = try PodmanList(store.bytes(PodmanStore.layers), at: PodmanStore.layers).entries
        let nameless = images.filter(\.names.isEmpty)
        let records = try reader.contentsInPieces(nameless.compactMap(record))
        leftovers.images = try nameless.filter { image in
            if try image.text("layer") != PodmanStore.layer(ofImage: image.id) { return true }
            return record(image).flatMap { records[$0] }.flatMap(TreeRecord.decode)?.isOfAdoptedAlone == true
        }.map(\.id)
        let gone = Set(leftovers.images)
        let kept = images.filter { !gone.contains($0.id) }
        let needed = Self.reachable(from: kept.compactMap { $0.text("layer") }, layers)
        leftovers.layers = Set(layers.map(\.id)).subtracting(needed).sorted()
        let ids = Set(kept.map(\.id))
        func folders(_ above: BytePath, without stays: (String) -> Bool) throws -> [BytePath] {
            try store.names(above).map { String(decoding: $0, as: UTF8.self) }
                .filter { (try? Digest(parsing: "sha256:\($0)")) != nil && !stays($0) }
                .map { above.appending(RepositoryLayout.path([$0])) }
        }
        let layerFolders = PodmanStore.root.appending(RepositoryLayout.path(["overlay"]))
        leftovers.paths = try folders(PodmanStore.imageFolders, without: ids.contains)
        let unused = try folders(layerFolders, without: needed.contains)
        leftovers.paths += unused
        let shortNames = layerFolders.appending(RepositoryLayout.path(["l"]))
        let links = try reader.links(below: shortNames, entries: .max)
        let lost = Set(unused)
        leftovers.paths += links.filter { link, target in
            PodmanStoreReader.joined(link, target).flatMap(\.parent).map(lost.contains) == true
        }.map(\.key)
        leftovers.paths.sort()
        let diffs = try reader.contentsInPieces(needed.sorted().map(PodmanStore.diff))
        return (leftovers, Set(diffs.compactMap { PodmanStoreReader.joined($0, $1) }))
    }

    /// The record of an image's tree.
    private static func record(_ image: PodmanList.Entry) -> BytePath? {
        (try? Digest(parsing: "sha256:\(image.id)")).map(RepositoryLayout.treeRecord)
    }

    /// The layers below some, these included. Entries may be there twice, with other parents.
    private static func reachable(from tops: [String], _ layers: [PodmanList.Entry]) -> Set<String> {
        var parents: [String: Set<String>] = [:]
        for layer in layers {
            if let parent = layer.text("parent") { parents[layer.id, default: []].insert(parent) }
        }
        var reached: Set<String> = []
        var open = tops
        while let layer = open.popLast() {
            if reached.insert(layer).inserted { open += parents[layer] ?? [] }
        }
        return reached
    }
}
