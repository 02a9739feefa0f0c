import CVMFS
import Plumbing

/// Follows names of images as a client does.
struct NameTargets {
    private let trees: TreeFolders.Trees
    private let tree: CatalogTree
    /// By what a client's configuration may put into a link; names of all of them are asked for in one order.
    private let architectures: [(name: [UInt8], tree: CatalogTree)]

    /// `trees` are the folders that there are, `architectures` those of `.multiarch`.
    init(trees: TreeFolders.Trees, architectures: [[UInt8]], open: () throws -> CatalogTree) throws {
        self.trees = trees
        tree = try open()
        self.architectures = try architectures.map { ($0, try open()) }
    }

    /// As many links as Linux follows.
    private static let linkLimit = 40

    /// Whether a link leads to something: one that each client reads otherwise, whether there is one for which it does.
    func leadSomewhere(_ link: BytePath, _ target: [UInt8]) throws -> Bool {
        try leads(link, target, in: tree, links: 1)
    }

    private func leads(_ link: BytePath, _ target: [UInt8], in tree: CatalogTree, links: Int) throws -> Bool {
        guard links <= Self.linkLimit else { return false }
        guard let (start, end) = Self.variable(in: target) else {
            guard let place = PodmanStoreReader.joined(link, target) else { return false }
            return try isThere(place, in: tree, links: links)
        }
        return try architectures.contains { name, tree in
            let text = Array(target[..<start] + name + target[end...])
            return try leads(link, text, in: tree, links: links + 1)
        }
    }

    /// Whether there is something at a path, links on the way followed.
    private func isThere(_ path: BytePath, in tree: CatalogTree, links: Int) throws -> Bool {
        if path.depth == 3, path.starts(with: RepositoryLayout.trees) {
            return trees.contains(path.name) && path.parent.map { path.name.starts(with: $0.name) } ?? false
        }
        let components = path.components
        for depth in components.indices {
            guard let place = BytePath(components: components[...depth]), let row = try tree.entry(at: place) else {
                return false
            }
            guard row.type == .symlink else { continue }
            let rest = components[(depth + 1)...]
            return try leads(
                place,
                Array(([row.symlink] + rest).joined(separator: [UInt8(ascii: "/")])),
                in: tree,
                links: links + 1
            )
        }
        return true
    }

    /// What a link says to clients: one text, or one for each architecture that their configuration may name.
    static func targets(_ target: [UInt8], architectures: [[UInt8]]) -> [[UInt8]] {
        guard let (start, end) = variable(in: target) else { return [target] }
        return architectures.map { Array(target[..<start] + $0 + target[end...]) }
    }

    /// Where `$(NAME)` or `$(NAME:-VALUE)` stands in a link.
    private static func variable(in target: [UInt8]) -> (start: Int, end: Int)? {
        guard let start = target.indices.dropLast().first(where: { target[$0...].starts(with: "$(".utf8) }),
            let end = target[start...].firstIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return (start, end + 1)
    }
}
