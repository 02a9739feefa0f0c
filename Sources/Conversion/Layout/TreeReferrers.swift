import CVMFS
package import Plumbing
import StockServer

/// The links of a repository that lead to root file systems which a removal takes away, in whole or in part: names of images,
/// and places in podman's store.
package struct TreeReferrers: Sendable {
    /// Where they lie, in path order. Those that are removed themselves are none.
    package let links: [BytePath]

    /// So many entries outside images are searched for names in each directory of the root.
    private static let entryLimit = 1_000_000

    /// Whether names of images may lead to a path, or below it.
    package static func mayLead(to path: BytePath) -> Bool {
        roots.contains { path.starts(with: $0) || $0.starts(with: path) }
    }

    private static let platforms = RepositoryLayout.path([".multiarch"])
    /// Other words for places in podman's store.
    private static let shortLinks = PodmanStore.root.appending(RepositoryLayout.path(["overlay", "l"]))
    private static let roots = [RepositoryLayout.trees, platforms]

    /// Those of one revision. Throws ``TooManyEntries`` where it has too many entries to be searched. Blocks.
    static func to(_ paths: [BytePath], in reader: any RevisionReader) throws -> TreeReferrers {
        let places = paths.filter(mayLead)
        guard !places.isEmpty else { return TreeReferrers(links: []) }
        let tops = try reader.names(in: BytePath()).filter { $0.first != UInt8(ascii: ".") }
        var links: [BytePath: [UInt8]] = [:]
        for top in tops.map(BytePath().appending) + [platforms] {
            try links.merge(reader.links(below: top, entries: entryLimit)) { $1 }
        }
        let architectures = try reader.names(in: platforms)
        let lost = try links.keys.filter { link in
            guard !paths.contains(where: link.starts), !link.starts(with: shortLinks) else { return false }
            return try ways(from: link, links, architectures).contains { place in
                // Above a tree lies no tree: only the whole way to it counts.
                places.contains { place.starts(with: $0) || place.depth > 2 && $0.starts(with: place) }
            }
        }
        return TreeReferrers(links: lost.sorted())
    }

    /// The links on the way from one, and where it ends, for any client.
    private static func ways(
        from link: BytePath,
        _ links: [BytePath: [UInt8]],
        _ architectures: [[UInt8]]
    ) throws -> Set<BytePath> {
        func places(of architecture: [UInt8]?) throws -> Set<BytePath> {
            var places: Set<BytePath> = []
            let follower = LinkFollower { path in
                guard let target = links[path] else { return .other }
                places.insert(path)
                return .link(try NameTargets.read(target, of: architecture))
            }
            if let end = try follower.end(of: link) { places.insert(end) }
            return places
        }
        do {
            return try places(of: nil)
        } catch is NameTargets.IsVariable {
            return try architectures.reduce(into: []) { $0.formUnion(try places(of: $1)) }
        }
    }
}
