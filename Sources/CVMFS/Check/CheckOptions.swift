/// How much of a repository a check reads.
package enum CheckDepth: Sendable {
    /// Catalogs and signatures; of other objects only whether they are there.
    case structure
    /// Every byte of every object.
    case content
}

/// What a check looks at, and what it excuses.
package struct CheckOptions: Sendable {
    let depth: CheckDepth
    let reflogMayBeAhead: Bool
    let reflogChecksum: ContentHash?
    let threads: Int?
    let tags: Bool

    /// `reflogMayBeAhead` excuses a reference log that lists more than the manifest knows: after a crash between the two,
    /// or after `gc`. Where a server keeps the log's hash, that is `reflogChecksum`, and counts and not the manifest's.
    /// Without a number of threads there are as many as are of use. `tags` has the revisions read that tags name, too.
    package init(
        _ depth: CheckDepth,
        reflogMayBeAhead: Bool = false,
        reflogChecksum: ContentHash? = nil,
        threads: Int? = nil,
        tags: Bool = false
    ) {
        self.tags = tags
        self.depth = depth
        self.reflogMayBeAhead = reflogMayBeAhead
        self.reflogChecksum = reflogChecksum
        self.threads = threads
    }
}
