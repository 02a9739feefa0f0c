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

    /// A link is read by each client as its configuration says.
    struct IsVariable: Error {}

    /// Whether a link leads to something: one that each client reads otherwise, whether there is one for which it does.
    func leadSomewhere(_ link: BytePath, _ target: [UInt8]) throws -> Bool {
        do {
            return try leads(link, target, in: tree, of: nil)
        } catch is IsVariable {
            return try architectures.contains { try leads(link, target, in: $0.tree, of: $0.name) }
        }
    }

    /// The same for clients of an architecture. Throws ``IsVariable`` where one has to be said.
    private func leads(_ link: BytePath, _ target: [UInt8], in tree: CatalogTree, of architecture: [UInt8]?) throws
        -> Bool
    {
        let follower = LinkFollower { path in
            if path.starts(with: RepositoryLayout.trees), path.depth <= 3 {
                return path.depth < 3 || isTree(path) ? .other : nil
            }
            guard let row = try tree.entry(at: path) else { return nil }
            return row.type == .symlink ? .link(try Self.read(row.symlink, of: architecture)) : .other
        }
        return try follower.end(ofLink: link, to: Self.read(target, of: architecture)) != nil
    }

    private func isTree(_ path: BytePath) -> Bool {
        trees.contains(path.name) && path.parent.map { path.name.starts(with: $0.name) } ?? false
    }

    /// A link's target with an architecture in the place of what a configuration decides. Throws ``IsVariable`` where one has to
    /// be said.
    static func read(_ target: [UInt8], of architecture: [UInt8]?) throws -> [UInt8] {
        var (text, rest) = ([UInt8](), target)
        while let (start, end) = variable(in: rest) {
            guard let architecture else { throw IsVariable() }
            text += rest[..<start] + architecture
            rest = Array(rest[end...])
        }
        return text + rest
    }

    /// Where `$(NAME)` or `$(NAME:-VALUE)` stands in a link.
    private static func variable(in target: [UInt8]) -> (start: Int, end: Int)? {
        guard let start = target.indices.dropLast().first(where: { target[$0...].starts(with: "$(".utf8) }),
            let end = target[start...].firstIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return (start, end + 1)
    }
}
