/// What going back to a tag means.
package struct Rollback: Sendable, Equatable {
    /// The tag as it was before.
    package let target: History.Tag
    /// The published revision before; the new one is the next.
    package let current: UInt64
    /// The other tags that disappear: those of later revisions, without `trunk` and `trunk-previous`, which every
    /// publication moves.
    package let removed: [History.Tag]

    /// Throws ``CVMFSError`` where the tag does not exist, is of another line of development, or is not in the past.
    init(to name: String, from manifest: RepositoryManifest, tags: History) throws {
        target = try tags.existing(name)
        current = manifest.revision
        guard target.branch.isEmpty else {
            throw CVMFSError(.refused, "the tag \(target.name) is not of the default branch: no way back to it")
        }
        guard target.revision < current else {
            throw CVMFSError(.refused, "the tag \(target.name) is the published revision, \(current)")
        }
        let earliest = target.revision
        removed = try tags.tags().filter { tag in
            tag.revision > earliest && tag.branch.isEmpty && tag.name != name
                && tag.name != History.trunk && tag.name != History.trunkPrevious
        }
    }
}
