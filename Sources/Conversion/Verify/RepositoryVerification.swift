import CVMFS
import OCI
import Plumbing
import Registry
import State

/// Compares what a repository has of one image beside the content of its layers. Runs on a dedicated thread.
struct RepositoryVerification {
    let repository: VerifiedRepository
    let image: PlacedImage
    /// What is wanted of it; nil where nobody says.
    let wish: Wish?

    /// What was found.
    struct Result: Sendable {
        /// One line each.
        var differences: [String] = []
        /// What could not be compared, one line each.
        var notCompared: [String] = []
        /// Whether the tree's entries were gone through.
        var isTreeCompared = false
    }

    private var config: Digest { image.image.manifest.config.digest }

    /// Compares manifest, tree, names and podman's entry, in one revision; the tree only where its layers are as they should be.
    func run(after layers: LayersVerification.Result, comparingTree: Bool) throws -> Result {
        let tree = try repository.reader.tree()
        var result = Result(differences: try manifestDifferences(in: tree))
        let isForPodman = wish?.formats.contains(.podman) ?? false
        let isWanted = isForPodman || wish?.formats.contains(.flat) ?? false
        let trees = TreeVerification(repository: repository, tree: tree, image: image.image)
        let found = try trees.found(isWanted: isWanted)
        result.differences += found.differences
        result.notCompared += found.notCompared
        if let record = found.record, comparingTree {
            try compareTree(trees, record, after: layers, &result)
        }
        result.differences += try nameDifferences(in: tree, hasTree: found.isThere)
        let isOfOther = try isAdopted(in: tree)
        let names = image.place.isFirst && !isOfOther ? PodmanName.names(of: image.image.source) : []
        let store = try PodmanVerification(tree: tree, id: config.hex).differences(named: names, isWanted: isForPodman)
        // What another program did to podman's store is no fault of the image.
        if isOfOther { result.notCompared += store } else { result.differences += store }
        return result
    }

    /// Whether the image is as another program made it.
    private func isAdopted(in tree: CatalogTree) throws -> Bool {
        guard repository.isAdopted else { return false }
        let named = NamedManifest(image.image, place: image.place)
        let adopted = AdoptedImages(areThere: true)
        return try adopted.maker(of: named, in: tree.contents(of: adopted.paths(of: named))) == .ducc
    }

    private func manifestDifferences(in tree: CatalogTree) throws -> [String] {
        if try isAdopted(in: tree) { return [] }
        let paths = try RepositoryLayout.manifests(of: image.image.source, image.place)
        let stored = try paths.lazy.compactMap { path in try tree.readFile(path).map { (path, $0) } }.first
        guard let (path, bytes) = stored else {
            return ["\(paths[0]) is missing: the image was not converted into \(repository.fqrn)"]
        }
        if bytes == image.image.raw.bytes { return [] }
        return ["\(path) is not the manifest \(image.image.manifestDigest) that its source has now"]
    }

    private func compareTree(
        _ trees: TreeVerification,
        _ record: TreeRecord,
        after layers: LayersVerification.Result,
        _ result: inout Result
    ) throws {
        let root = RepositoryLayout.tree(config).absolute
        guard layers.differences.isEmpty else {
            result.notCompared += ["\(root) was not compared with layers that are not as they should be"]
            return
        }
        let losses = Set(layers.losses.flatMap(\.losses.keys))
        guard losses.isDisjoint(with: [.whiteouts, .opaqueDirectories]) else {
            result.notCompared += ["\(root) was not compared with layers that do not say any more what they delete"]
            return
        }
        result.isTreeCompared = true
        result.differences += try trees.entryDifferences(record, losses)
    }

    /// Where nobody wants a name, those of a tree that is there may be there.
    private func nameDifferences(in tree: CatalogTree, hasTree: Bool) throws -> [String] {
        guard wish.map({ $0.formats.contains(.flat) }) ?? hasTree else { return [] }
        let names = NameVerification(
            tree: tree,
            root: RepositoryLayout.tree(config),
            place: image.place,
            areWanted: wish != nil,
            recorded: wish == nil ? [] : try recordedNames(in: tree)
        )
        do {
            let name =
                try wish.map { try $0.treeName(repository.trees) }
                ?? ImageNames(template: repository.trees.names).name(of: image.image.source)
            return try name.map(names.differences) ?? []
        } catch let error as ConversionError {
            // Without a name by the template there is none to be missing.
            return wish == nil ? [] : [error.description]
        }
    }

    private func recordedNames(in tree: CatalogTree) throws -> [BytePath] {
        let path = try RepositoryLayout.imageRecord(image.image.source)
        guard let bytes = try tree.readFile(path) else { return [] }
        let record = try ImageRecord(of: image.image.source, in: [path: bytes])
        return try record.images.flatMap(\.names).map { try BytePath($0) }.filter { try tree.entry(at: $0) != nil }
    }
}
