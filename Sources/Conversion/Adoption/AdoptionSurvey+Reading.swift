import CVMFS
import OCI
import Plumbing
package import StockServer

/// Reading what there is. Only metadata is read, and no content of images.
extension AdoptionSurvey {
    /// Looks into a repository. Throws what reading it throws, and ``StockServer/TooManyEntries`` where its names cannot be
    /// told from other content. Blocks.
    package init(of reader: any RevisionReader) throws {
        self.init()
        revision = try reader.revision()
        let holdings = try AdoptedHoldings(reader)
        layers = holdings.layers.count
        trees = holdings.trees.count + holdings.osgTrees.count
        names = holdings.names.count
        chains = holdings.chains
        podmanImages = holdings.podmanImages.count
        let manifests = try reader.files(
            named: RepositoryLayout.ImageFile.manifest.name,
            below: RepositoryLayout.metadata
        )
        let known = try reader.contentsInPieces(manifests)
        var diffIDs: [Digest: Digest] = [:]
        var found: [(image: AdoptedName, manifest: Manifest)] = []
        for path in manifests {
            guard let folder = path.parent, !Self.isOfWafer(folder) else {
                ownImages += 1
                continue
            }
            guard let manifest = known[path].flatMap(AdoptedImage.decode),
                let image = AdoptedName(folder: folder, manifest: manifest, names: holdings.names)
            else {
                unnamed.append(folder)
                continue
            }
            found.append((image, manifest))
        }
        let configurations = try Self.configurations(of: found.map(\.manifest), in: reader)
        for (_, manifest) in found {
            guard let all = configurations[manifest.config.digest] else { continue }
            for (layer, diffID) in zip(manifest.layers, all) { diffIDs[layer.digest] = diffID }
        }
        let faults = try holdings.faults(diffIDs, in: reader)
        incompleteLayers = faults.map { IncompleteLayer(digest: $0, fault: $1) }.sorted {
            $0.digest.hex < $1.digest.hex
        }
        for (image, manifest) in found {
            images.append(Self.image(image, manifest, holdings, faults))
        }
        images += osgImages(holdings)
    }

    /// Whether a folder of metadata has what Wafer writes.
    private static func isOfWafer(_ folder: BytePath) -> Bool {
        // Registries have no name that begins with a dot.
        folder.components.dropFirst().first?.first == UInt8(ascii: ".")
    }

    private static func image(
        _ name: AdoptedName,
        _ manifest: Manifest,
        _ holdings: AdoptedHoldings,
        _ layerFaults: [Digest: String]
    ) -> Image {
        var faults = manifest.layers.compactMap { layer -> String? in
            if !holdings.layers.contains(layer.digest) { return "lacks the layer \(layer.digest)" }
            return layerFaults[layer.digest].map { "has the layer \(layer.digest), which \($0)" }
        }
        let config = manifest.config.digest
        if !name.isLink { faults.append("has no name that leads to a root file system") }
        if !holdings.trees.contains(config) { faults.append("has no root file system") }
        return Image(
            reference: name.reference,
            maker: .ducc,
            hasName: name.isLink,
            isForPodman: holdings.podmanImages.contains(config.hex),
            faults: faults
        )
    }

    /// The diff ids that images have, as their configurations in podman's store say.
    private static func configurations(
        of manifests: [Manifest],
        in reader: any RevisionReader
    ) throws -> [Digest: [Digest]] {
        var paths: [BytePath: Digest] = [:]
        for digest in manifests.map(\.config.digest) {
            paths[PodmanStore.data(digest.description, of: digest.hex)] = digest
        }
        var diffIDs: [Digest: [Digest]] = [:]
        for (path, bytes) in try reader.contentsInPieces(Array(paths.keys)) {
            guard let digest = paths[path], try Digest.of(bytes, digest.algorithm) == digest,
                let configuration = try? ImageConfiguration(bytes: bytes)
            else { continue }
            diffIDs[digest] = configuration.diffIDs
        }
        return diffIDs
    }

    /// What the names of OSG's program lead to. They do not tell the registry, which is Docker Hub for most.
    private mutating func osgImages(_ holdings: AdoptedHoldings) -> [Image] {
        holdings.names.compactMap { name, target -> Image? in
            guard let hash = OSGTree.hash(ofTarget: target) else { return nil }
            guard let reference = try? ImageReference(parsing: "https://registry.hub.docker.com/\(name.text)") else {
                unnamed.append(name)
                return nil
            }
            let isThere = holdings.osgTrees.contains(hash)
            return Image(
                reference: reference,
                maker: .osg,
                hasName: true,
                isForPodman: false,
                faults: isThere ? [] : ["has a name that leads nowhere"]
            )
        }.sorted { $0.reference.description < $1.reference.description }
    }
}
