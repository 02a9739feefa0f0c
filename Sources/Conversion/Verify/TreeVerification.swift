import CVMFS
import Layers
import OCI
import Plumbing
import Registry

/// Compares the root file system that a repository has of an image with what the image's layers make. Runs on a dedicated
/// thread.
struct TreeVerification {
    let repository: VerifiedRepository
    /// The revision that is looked at.
    let tree: CatalogTree
    let image: ResolvedImage

    private var root: BytePath { RepositoryLayout.tree(image.manifest.config.digest) }
    private var recordPath: BytePath { RepositoryLayout.treeRecord(image.manifest.config.digest) }

    /// What lies in the repository.
    struct Found {
        /// Whether there is a tree.
        var isThere = false
        /// What it says of itself; nil where nobody knows.
        var record: TreeRecord?
        /// One line each.
        var differences: [String] = []
        /// Why it was not looked at closely, one line each.
        var notCompared: [String] = []
    }

    /// Looks at the tree's record, and not into the tree. One that is not wanted may be missing.
    func found(isWanted: Bool) throws -> Found {
        var found = Found(isThere: try tree.entry(at: root)?.isDirectory == true)
        let bytes = try tree.readFile(recordPath)
        guard found.isThere else {
            if isWanted { found.differences = ["\(root.absolute) is missing: the image has no root file system"] }
            if bytes != nil { found.differences.append("\(recordPath.absolute) is the record of no root file system") }
            return found
        }
        guard let bytes else {
            if repository.isAdopted {
                found.notCompared = ["\(root.absolute) is another program's: what is in it was not compared"]
                return found
            }
            found.differences = ["\(recordPath.absolute) is missing: nobody knows how \(root.absolute) was made"]
            return found
        }
        guard let record = TreeRecord.decode(bytes) else {
            found.differences = ["\(recordPath.absolute) is not understood"]
            return found
        }
        guard record.options.form == TreeOptions.currentForm else {
            found.differences = [
                "\(recordPath.absolute) says that the tree was made by the rules \(record.options.form), and this version "
                    + "knows the rules \(TreeOptions.currentForm): convert the image again"
            ]
            return found
        }
        found.differences = differences(of: record)
        // Other compressed layers with the same content make the same image, and so the same tree: its rows are compared, and
        // not the digests that the record has.
        found.record = record
        return found
    }

    private var layers: [Digest] { image.manifest.layers.map(\.digest) }

    private func differences(of record: TreeRecord) -> [String] {
        var differences: [String] = []
        func check(_ what: String, _ found: String?, _ wanted: String?) {
            guard found != wanted else { return }
            let said = found.map { Printable.text($0) } ?? "nothing"
            let right = wanted.map { Printable.text($0) } ?? "nothing"
            differences.append("\(recordPath.absolute) says the \(what) \(said), and that of the image is \(right)")
        }
        check("configuration", record.configDigest, image.manifest.config.digest.description)
        check("working directory", record.workingDirectory, PlannedTree.text("WorkingDir", of: image.configuration))
        check("user", record.user, PlannedTree.text("User", of: image.configuration))
        return differences
    }

    /// Goes through the tree and the layers that it should be made of. `losses` is what these were told to lack.
    func entryDifferences(_ record: TreeRecord, _ losses: Set<LayerLoss>) throws -> [String] {
        let comparison = LayerTreeComparison(
            tree: tree,
            root: root,
            layers: try storedLayers(),
            additions: try TreeAdditions.files(record.options.mountPoints, for: image.configuration)
                + SingularityFiles(configuration: image.configuration).files(),
            rule: TreeRowRule(record.options, repository.hardLinks),
            losses: losses.union(repository.losses)
        )
        let result: LayerTreeComparison.Result
        do {
            result = try comparison.run()
        } catch let error as LayerError {
            return ["\(root.absolute) cannot be compared: the layers cannot be unpacked (\(error))"]
        }
        var differences = result.differences
        func check(_ what: String, _ found: Int64, _ wanted: Int64) {
            guard found != wanted else { return }
            differences.append("\(recordPath.absolute) says \(found) \(what), and the layers make \(wanted)")
        }
        check("entries", Int64(record.entries), Int64(result.entries))
        check("bytes", record.size, result.size)
        return differences
    }

    private func storedLayers() throws -> [StoredLayer] {
        let readers = try RevisionReaders(repository.reader, for: layers.count)
        return try layers.enumerated().map { number, digest in
            let tree = readers[number]
            let layer = RepositoryLayout.layerRoot(digest)
            return try StoredLayer(
                tree,
                at: layer,
                hasRecord: try tree.entry(at: RepositoryLayout.layerRecord(digest)) != nil,
                base: try tree.readFile(RepositoryLayout.layerBase(at: layer)).map(LayerBaseRecord.decode)
            )
        }
    }
}
