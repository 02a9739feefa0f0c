import CVMFS
import OCI
import Plumbing
import StockServer

/// What of a repository that was adopted nothing leads to. Manifests may need layers all the same.
struct AdoptedLeftovers: Sendable {
    /// Layers that nothing in podman's store leads to.
    var layers: [Digest] = []
    /// Trees without a name, by the digests of their configurations.
    var trees: [Digest] = []
    /// Trees of OSG's program without a name.
    var osgTrees: [BytePath] = []
    /// Where chains are: DUCC makes trees of them, and no client reads them.
    var chains: [BytePath] = []
    /// What no image needs in podman's store.
    var podman = PodmanLeftovers()
    /// Layers that something in podman's store leads to.
    var neededLayers: Set<BytePath> = []

    /// Nothing.
    init() {}

    /// Those of a revision. Throws what reading it throws. Blocks.
    static func read(_ reader: any RevisionReader) throws -> AdoptedLeftovers {
        let holdings = try AdoptedHoldings(reader)
        var leftovers = AdoptedLeftovers()
        let (podman, diffs) = try PodmanLeftovers.read(reader)
        leftovers.podman = podman
        leftovers.neededLayers = Set(diffs.compactMap(RepositoryLayout.layer(holding:)))
        leftovers.layers = holdings.layers
            .filter { !leftovers.neededLayers.contains(RepositoryLayout.layer($0)) }.sorted { $0.hex < $1.hex }
        let links = try holdings.names.values + links(in: reader, without: Set(podman.paths))
        let used = Set(links.compactMap(ImageName.tree(ofTarget:)))
        leftovers.trees = holdings.trees.filter { !used.contains($0) }.sorted { $0.hex < $1.hex }
        let usedHashes = Set(links.compactMap(OSGTree.hash(ofTarget:)))
        leftovers.osgTrees = holdings.osgTrees.subtracting(usedHashes).sorted().map(OSGTree.path)
        leftovers.chains = try AdoptedHoldings.chainFolders.filter(reader.exists)
        return leftovers
    }

    /// The targets of links in hidden directories and in podman's store that may lead to trees.
    private static func links(in reader: any RevisionReader, without gone: Set<BytePath>) throws -> [[UInt8]] {
        try [RepositoryLayout.path([".multiarch"]), PodmanStore.root].flatMap { above in
            try reader.links(below: above, entries: .max)
                .filter { link, _ in gone.isDisjoint(with: link.ancestors + [link]) }.values
        }
    }
}

extension RepositoryLayout {
    /// The directory of the layer that a path is in.
    fileprivate static func layer(holding path: BytePath) -> BytePath? {
        path.starts(with: layers) && path.depth >= 3 ? BytePath(components: path.components.prefix(3)) : nil
    }
}

extension ImageName {
    /// The tree that a link leads to, or into; nil for any other.
    fileprivate static func tree(ofTarget target: [UInt8]) -> Digest? {
        guard isOfTree(target: target) else { return nil }
        let parts = target.split(separator: UInt8(ascii: "/")).drop { $0.elementsEqual("..".utf8) }
        return parts.dropFirst(2).first.flatMap {
            try? Digest(parsing: "sha256:\(String(decoding: $0, as: UTF8.self))")
        }
    }
}
