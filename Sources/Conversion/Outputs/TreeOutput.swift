import CVMFS
import OCI
package import Plumbing
package import Registry
package import State

/// An image as one root file system, made of the rows of its layers, and the name by which people reach it.
package struct TreeOutput: Output {
    private let settings: TreeSettings
    /// Whether podman shall read it, and whether what it needs can be stored.
    private let isForPodman: Bool
    private let keepsAttributes: Bool
    private let naming: Naming
    private let convertAgain: Bool
    /// Whether other programs made trees in the repository.
    private let isAdopted: Bool

    /// The name that an image gets.
    package enum Naming: Sendable {
        /// None.
        case none
        /// The repository's.
        case ofRepository
        /// This one.
        case chosen(BytePath)
    }

    /// A tree as a repository wants it.
    package init(
        _ settings: TreeSettings,
        isForPodman: Bool,
        keepsAttributes: Bool = true,
        naming: Naming,
        convertAgain: Bool = false,
        isAdopted: Bool = false
    ) {
        self.isAdopted = isAdopted
        self.settings = settings
        self.isForPodman = isForPodman
        self.keepsAttributes = keepsAttributes
        self.naming = naming
        self.convertAgain = convertAgain
    }

    package var format: OutputFormat { .flat }

    package var isPushed: Bool { false }

    private var options: TreeOptions { TreeOptions(settings, forPodman: isForPodman && keepsAttributes) }

    private func publicName(of source: ImageSource) throws -> BytePath? {
        switch naming {
        case .none: nil
        case .ofRepository: try ImageNames(template: settings.names).name(of: source)
        case .chosen(let name): name
        }
    }

    package func paths(of image: NamedManifest) throws -> [BytePath] {
        let digest = image.manifest.config.digest
        return [RepositoryLayout.tree(digest), RepositoryLayout.treeRecord(digest)]
            + (try names(of: image)).map(\.path)
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        guard let record = record(of: image.manifest, in: contents),
            record.isUsed(for: uses, by: RepositoryLayout.imageName(image.source))
        else { return false }
        return try names(of: image).allSatisfy { contents[$0.path] == $0.target }
    }

    package func adoptedPaths(of image: NamedManifest) throws -> [BytePath] {
        [RepositoryLayout.tree(image.manifest.config.digest)] + (try names(of: image)).map(\.path)
    }

    package func isAdopted(
        _ image: NamedManifest,
        madeBy maker: AdoptedImages.Maker,
        in contents: [BytePath: [UInt8]]
    ) throws -> Bool {
        let names = try names(of: image)
        switch maker {
        case .osg:
            let hash = try OSGTree.hash(of: image.manifest)
            return !isForPodman && !names.isEmpty
                && names.allSatisfy { contents[$0.path].flatMap(OSGTree.hash(ofTarget:)) == hash }
        case .ducc:
            // The link is the last that DUCC makes: a tree without it may be half of one.
            let isThere = contents[RepositoryLayout.tree(image.manifest.config.digest)] != nil || names.isEmpty
            return isThere && names.allSatisfy { contents[$0.path] == $0.target }
        }
    }

    package func note(_ image: NamedManifest, in record: inout ImageRecord) throws {
        guard let name = try publicName(of: image.source) else { return }
        let names = ImageName.own(name, image.place).map(\.text)
        if case .chosen = naming {
            for name in names { record.chosen[name] = image.manifest.config.digest.description }
        } else {
            record.images[record.images.endIndex - 1].names = names.sorted()
        }
    }

    /// What the image uses the tree for.
    private var uses: Set<OutputFormat> {
        var uses: Set<OutputFormat> = isForPodman ? [.podman] : []
        if case .none = naming {} else { uses.insert(.flat) }
        return uses
    }

    /// The record of a tree that is there as it is wanted; nil where it has to be made.
    private func record(of manifest: Manifest, in contents: [BytePath: [UInt8]]) -> TreeRecord? {
        let digest = manifest.config.digest
        guard contents[RepositoryLayout.tree(digest)] != nil,
            let record = contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)
        else { return nil }
        return options.isServed(by: record.options) ? record : nil
    }

    private func names(of image: NamedManifest) throws -> [ImageName] {
        guard let name = try publicName(of: image.source) else { return [] }
        return ImageName.names(name, of: RepositoryLayout.tree(image.manifest.config.digest), image.place)
    }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let digest = image.manifest.config.digest
        let made = contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)?.options
        let singularity = SingularityFiles(configuration: image.configuration)
        let plan = TreePlan(
            root: RepositoryLayout.tree(digest),
            layers: image.manifest.layers.map(\.digest),
            options: keepsAttributes ? options.sayingNoLess(than: made) : options,
            additions: try TreeAdditions.files(settings.mountPoints, for: image.configuration) + singularity.files()
        )
        let named = NamedManifest(image, place: place)
        return PlannedTree(
            image: image,
            tree: convertAgain || record(of: image.manifest, in: contents) == nil ? plan : nil,
            root: plan.root,
            names: try names(of: named).map { TreeEdit($0.path, .name(target: $0.target)) },
            uses: uses,
            isOverAdopted: isAdopted && contents[RepositoryLayout.tree(digest)] != nil
                && contents[RepositoryLayout.treeRecord(digest)] == nil,
            notes: singularity.unusableVariables == 0 ? [:] : ["unusable-variable": singularity.unusableVariables]
        )
    }
}
