package import CVMFS
package import State

/// A repository whose images are compared with their sources, as far as a comparison has to know it.
package struct VerifiedRepository: Sendable {
    /// What is published.
    let reader: RepositoryReader
    /// How its trees are named.
    let trees: TreeSettings
    /// What becomes of hard links in it.
    let hardLinks: HardLinkForm
    /// What its publisher cannot write into a tree: it is missing there, and no difference.
    let losses: Set<LayerLoss>
    /// Whether other programs may have made what is in it.
    let isAdopted: Bool

    /// What `cvmfs_server` does not take out of an archive (docs/cvmfs-server.md).
    private static let lossesOfServer: Set<LayerLoss> = [
        .specialFiles, .opaqueDirectories, .extendedAttributes, .fractionsOfSeconds, .hardLinks, .owners,
    ]

    /// A repository with these settings.
    package init(
        _ reader: RepositoryReader,
        trees: TreeSettings = TreeSettings(),
        hardLinks: HardLinkForm = .keep,
        isWrittenByServer: Bool = false,
        isAdopted: Bool = false
    ) {
        self.isAdopted = isAdopted
        self.reader = reader
        self.trees = trees
        self.hardLinks = hardLinks
        losses = isWrittenByServer ? Self.lossesOfServer : []
    }

    /// A registered one.
    package init(_ opened: OpenedRepository, _ registration: RepositoryRegistration) {
        self.init(
            opened.reader,
            trees: registration.trees,
            hardLinks: opened.settings.hardLinks,
            isWrittenByServer: registration.isWrittenByServer,
            isAdopted: registration.adoption != nil
        )
    }

    /// Its name.
    var fqrn: String { reader.fqrn }
}
