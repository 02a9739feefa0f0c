import CVMFS
import OCI
import Plumbing
import Registry
import State

/// The tree of one image.
struct PlannedTree: PlannedOutput {
    let image: ResolvedImage
    /// What has to be made; nil where it is there.
    let tree: TreePlan?
    let root: BytePath
    /// The changes of its names.
    let names: [TreeEdit]
    /// What the image uses it for.
    let uses: Set<OutputFormat>
    /// Whether it takes the place of one that another program made: images of that program may have it, too.
    let isOverAdopted: Bool
    /// What is not as in the image, as far as its configuration tells.
    let notes: [String: Int]

    var required: [BytePath] { [root] }
    var push: ThinImagePush? { nil }
    var trees: [TreePlan] { [tree].compactMap(\.self) }

    func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        let path = RepositoryLayout.treeRecord(image.manifest.config.digest)
        let user = RepositoryLayout.imageName(image.source)
        func record(_ new: TreeRecord?) -> TreeEdit {
            let amendment = FileAmendment("the tree of \(user), which is used by it") { [uses, isOverAdopted] bytes in
                let former = bytes.flatMap(TreeRecord.decode)
                let record = (new ?? former)?.using(uses, by: user, former: former)
                return try (isOverAdopted && former == nil ? record?.usedByAdopted : record)?.encoded()
            }
            return TreeEdit(path, .amend(amendment))
        }
        guard let tree else { return [record(nil)] + names }
        guard let assembled = prepared.trees[tree.root] else {
            throw ConversionError("the tree of \(image.source) was not made")
        }
        let new = TreeRecord(
            configDigest: image.manifest.config.digest.description,
            layers: tree.layers.map(\.description),
            options: tree.options,
            entries: assembled.entries,
            size: assembled.size,
            workingDirectory: Self.text("WorkingDir", of: image.configuration),
            user: Self.text("User", of: image.configuration),
            notes: notes.merging(assembled.notes) { $0 + $1 },
            writer: WaferVersion.name
        )
        return [TreeEdit(tree.root, .attach(replacing: true)), record(new)] + names
    }

    /// What a configuration says; nil for nothing.
    static func text(_ name: String, of configuration: ImageConfiguration) -> String? {
        guard let text = configuration.config[name]?.string, !text.isEmpty else { return nil }
        return text
    }
}
