/// The published revision and those before it, newest first: what `previous_revision` leads to
/// (docs/cvmfs-format.md §3.3, §5.4).
package struct RevisionChain<Link: Sendable>: Sendable {
    /// Why there are no more links.
    package enum End: Sendable, Equatable {
        /// The last one names none before it.
        case first
        /// The one before is not there any more: its objects were collected.
        case collected(ContentHash)
        /// As many as were asked for.
        case limit
    }

    /// The links, newest first.
    package let links: [Link]
    /// What comes after them.
    package let end: End

    /// Follows the chain. `read` gives a link and the one before it, nil where the object is gone.
    init(
        from newest: ContentHash?,
        limit: Int,
        _ read: (ContentHash) throws -> (link: Link, previous: ContentHash?)?
    ) throws {
        var links: [Link] = []
        var next = newest
        var end = End.first
        while let hash = next {
            guard links.count < limit else {
                end = .limit
                break
            }
            guard let (link, previous) = try read(hash) else {
                end = .collected(hash)
                break
            }
            links.append(link)
            next = previous
        }
        self.links = links
        self.end = end
    }
}
