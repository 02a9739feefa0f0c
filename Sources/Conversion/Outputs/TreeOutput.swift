import CVMFS
import OCI
package import Plumbing
package import Registry
package import State

/// An image as one root file system, made of the rows of its layers, and the name by which people reach it.
package struct TreeOutput: Output {
    private let settings: TreeSettings
    /// Whether podman shall read it.
    private let isForPodman: Bool
    private let naming: Naming
    private let convertAgain: Bool

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
    package init(_ settings: TreeSettings, isForPodman: Bool, naming: Naming, convertAgain: Bool = false) {
        self.settings = settings
        self.isForPodman = isForPodman
        self.naming = naming
        self.convertAgain = convertAgain
    }

    package var format: OutputFormat { .flat }

    package var isPushed: Bool { false }

    private var options: TreeOptions { TreeOptions(settings, forPodman: isForPodman) }

    private func name(of source: ImageSource) throws -> BytePath? {
        switch naming {
        case .none: nil
        case .ofRepository: try ImageNames(template: settings.names).name(of: source)
        case .chosen(let name): name
        }
    }

    package func paths(of image: NamedManifest) throws -> [BytePath] {
        let digest = image.manifest.config.digest
        return [RepositoryLayout.tree(digest), RepositoryLayout.treeRecord(digest)]
            + [try name(of: image.source)].compactMap(\.self)
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        guard isMade(image.manifest, in: contents) else { return false }
        guard let name = try name(of: image.source) else { return true }
        return contents[name] == target(of: name, image.manifest)
    }

    private func isMade(_ manifest: Manifest, in contents: [BytePath: [UInt8]]) -> Bool {
        let digest = manifest.config.digest
        guard contents[RepositoryLayout.tree(digest)] != nil,
            let record = contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)
        else { return false }
        return options.isServed(by: record.options)
    }

    private func target(of name: BytePath, _ manifest: Manifest) -> [UInt8] {
        RepositoryLayout.target(of: RepositoryLayout.tree(manifest.config.digest), from: name)
    }

    package func plan(_ image: ResolvedImage, in contents: [BytePath: [UInt8]]) throws -> any PlannedOutput {
        let digest = image.manifest.config.digest
        let singularity = SingularityFiles(configuration: image.configuration)
        let plan = TreePlan(
            root: RepositoryLayout.tree(digest),
            layers: image.manifest.layers.map(\.digest),
            options: options,
            additions: try MountPoints.files(settings.mountPoints) + singularity.files()
        )
        let name = try name(of: image.source)
        return PlannedTree(
            image: image,
            tree: convertAgain || !isMade(image.manifest, in: contents) ? plan : nil,
            root: plan.root,
            name: name.map { TreeEdit($0, .name(target: target(of: $0, image.manifest))) },
            notes: singularity.unusableVariables == 0 ? [:] : ["unusable-variable": singularity.unusableVariables]
        )
    }
}
