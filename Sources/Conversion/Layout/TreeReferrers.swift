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
        let lost = links.keys.filter { link in
            guard !paths.contains(where: link.starts), !link.starts(with: shortLinks) else { return false }
            return LinkWays(links: links, architectures: architectures).places(of: link).contains { place in
                // Above a tree lies no tree: only the whole way to it counts.
                places.contains { place.starts(with: $0) || place.depth > 2 && $0.starts(with: place) }
            }
        }
        return TreeReferrers(links: lost.sorted())
    }
}

/// Where links lead, by the texts of all of them.
private struct LinkWays {
    let links: [BytePath: [UInt8]]
    /// What clients' configurations may put into a link.
    let architectures: [[UInt8]]

    /// As many links as Linux follows.
    private static let limit = 40

    /// The links on the way from one, and the places where it ends for some client.
    func places(of link: BytePath) -> [BytePath] { places(at: link, left: Self.limit) }

    private func places(at path: BytePath, left: Int) -> [BytePath] {
        let components = path.components
        for depth in components.indices {
            guard let place = BytePath(components: components[...depth]), let text = links[place] else { continue }
            guard left > 0 else { return [place] }
            let rest = Array(components[(depth + 1)...])
            return [place]
                + NameTargets.targets(text, architectures: architectures).flatMap { text in
                    let whole = Array(([text] + rest).joined(separator: [UInt8(ascii: "/")]))
                    return PodmanStoreReader.joined(place, whole).map { places(at: $0, left: left - 1) } ?? []
                }
        }
        return [path]
    }
}
