import CVMFS
import OCI
import Plumbing
import Registry

/// The tree of one image.
struct PlannedTree: PlannedOutput {
    let image: ResolvedImage
    /// What has to be made; nil where it is there.
    let tree: TreePlan?
    let root: BytePath
    /// The changes of its names.
    let names: [TreeEdit]
    /// What is not as in the image, as far as its configuration tells.
    let notes: [String: Int]

    var required: [BytePath] { [root] }
    var push: ThinImagePush? { nil }
    var trees: [TreePlan] { [tree].compactMap(\.self) }

    func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        guard let tree else { return names }
        guard let assembled = prepared.trees[tree.root] else {
            throw ConversionError("the tree of \(image.source) was not made")
        }
        let record = TreeRecord(
            configDigest: image.manifest.config.digest.description,
            layers: tree.layers.map(\.description),
            options: tree.options,
            entries: assembled.entries,
            size: assembled.size,
            workingDirectory: text("WorkingDir"),
            user: text("User"),
            notes: notes.merging(assembled.notes) { $0 + $1 },
            writer: WaferVersion.name
        )
        let path = RepositoryLayout.treeRecord(image.manifest.config.digest)
        return [TreeEdit(tree.root, .attach(replacing: true)), TreeEdit(path, .file(try record.encoded()))]
            + names
    }

    private func text(_ name: String) -> String? {
        guard let text = image.configuration.config[name]?.string, !text.isEmpty else { return nil }
        return text
    }
}
