import CVMFS
import OCI
import Plumbing
import StockServer

/// What lies in a repository that Wafer did not make, by its places.
struct AdoptedHoldings {
    /// Layers without a record of Wafer.
    let layers: Set<Digest>
    /// Trees of which Wafer knows no image, by the digests of their configurations.
    let trees: Set<Digest>
    /// Trees of OSG's program, by their digits.
    let osgTrees: Set<String>
    /// The links outside hidden directories and podman's store that lead to trees, with their targets.
    let names: [BytePath: [UInt8]]
    /// How many chains there are.
    let chains: Int
    /// The ids of the images in podman's store.
    let podmanImages: Set<String>

    /// Where DUCC keeps chains, and notes which are not complete.
    static let chainFolders = [RepositoryLayout.path([".chains"]), RepositoryLayout.path([".dirty-chains"])]

    /// So many entries outside images are searched for names in each directory of the root.
    private static let entryLimit = 1_000_000

    /// Reads them. Throws what reading throws. Blocks.
    init(_ reader: any RevisionReader) throws {
        let allLayers = try reader.digests(in: RepositoryLayout.layers)
        let layerRecords = try reader.contentsInPieces(allLayers.map(RepositoryLayout.layerRecord))
        layers = Set(allLayers.filter { layerRecords[RepositoryLayout.layerRecord($0)] == nil })
        let allTrees = try reader.digests(in: RepositoryLayout.trees)
        let treeRecords = try reader.contentsInPieces(allTrees.map(RepositoryLayout.treeRecord))
        trees = Set(
            allTrees.filter { tree in
                guard let record = treeRecords[RepositoryLayout.treeRecord(tree)] else { return true }
                return TreeRecord.decode(record)?.isOfAdoptedAlone == true
            }
        )
        osgTrees = Set(
            try Self.groups(in: OSGTree.trees, reader).flatMap { group in
                try reader.names(in: group).map { String(decoding: group.name + $0, as: UTF8.self) }
            }.filter { (try? Digest(parsing: "sha256:\($0)")) != nil }
        )
        chains = try reader.digests(in: Self.chainFolders[0]).count
        podmanImages = Set(try PodmanLeftovers.images(reader).map(\.id))
        names = try Self.names(reader)
    }

    private static func names(_ reader: any RevisionReader) throws -> [BytePath: [UInt8]] {
        let tops = try reader.names(in: BytePath()).map(BytePath().appending).filter {
            $0.name.first != UInt8(ascii: ".") && $0 != PodmanStore.root
        }
        var names: [BytePath: [UInt8]] = [:]
        for top in tops {
            let links = try reader.links(below: top, entries: entryLimit)
            names.merge(
                links.filter { ImageName.isOfTree(target: $1) || OSGTree.hash(ofTarget: $1) != nil }
            ) { $1 }
        }
        return names
    }

    private static func groups(in directory: BytePath, _ reader: any RevisionReader) throws -> [BytePath] {
        try reader.names(in: directory).filter { $0.count == 2 }.map(directory.appending)
    }

    /// Why each of the layers is not complete that are not. `diffIDs` are what the configurations of images say.
    func faults(_ diffIDs: [Digest: Digest], in reader: any RevisionReader) throws -> [Digest: String] {
        var faults: [Digest: String] = [:]
        for piece in Array(layers).pieces(of: ReadingInPieces.size) {
            let contents = try reader.contents(
                piece.flatMap { [RepositoryLayout.layerRoot($0), AdoptedLayer.record(of: $0)] }
            )
            for layer in piece {
                faults[layer] = AdoptedLayer.fault(of: layer, diffID: diffIDs[layer], in: contents)
            }
        }
        return faults
    }
}

/// Many files are read in pieces, so that not all of a repository's metadata is open at once.
enum ReadingInPieces {
    static let size = 1_000
}

extension RevisionReader {
    /// The digests that name what lies in `AB/HEX` below a directory, in order.
    func digests(in directory: BytePath) throws -> [Digest] {
        try names(in: directory).flatMap { group in
            try names(in: directory.appending(group)).compactMap {
                try? Digest(parsing: "sha256:\(String(decoding: $0, as: UTF8.self))")
            }
        }.sorted { $0.hex < $1.hex }
    }

    /// The contents of many small files.
    func contentsInPieces(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        var contents: [BytePath: [UInt8]] = [:]
        for piece in paths.pieces(of: ReadingInPieces.size) { contents.merge(try self.contents(piece)) { $1 } }
        return contents
    }
}

extension Array {
    /// The elements in pieces of at most so many.
    func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
