package import CVMFS

/// What going back to an earlier revision means for those who run images.
package struct RollbackPlan: Sendable {
    /// The revisions, and the tags that go.
    package let rollback: Rollback
    /// The images that lose layers.
    package let losers: [LayerReferrer]

    /// Looks into a repository. Throws ``CVMFSError`` where the tag is no way back. Blocks.
    init(to name: String, in repository: RepositoryReader) throws {
        rollback = try repository.planRollback(to: name)
        let current = try repository.tree()
        let target = try repository.tree(of: rollback.target)
        losers = try LayerReferrer.all(in: repository).filter { try $0.losesLayers(from: current, to: target) }
    }
}
