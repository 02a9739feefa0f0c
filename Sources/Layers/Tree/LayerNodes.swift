package import Plumbing

/// The files of a complete layer: the root first, parents before what is in them, in the order of
/// ``Plumbing/BytePath``. A node is made when it is asked for: that of a million files would fill memory.
package struct LayerNodes<Content: Sendable>: Sequence, Sendable {
    let tree: LayerTree<Content>
    /// Positions of names, sorted by directory and within it by bytes.
    private var order: [UInt32]
    /// Where the names of a directory begin in ``order``, by inode; with the end of the last at the end.
    private var starts: [UInt32]
    /// How many there are.
    package private(set) var count = 0
    /// How many reachable names each of the files has that were given more than one.
    private var nameCounts: [Int: Int] = [:]

    init(_ tree: LayerTree<Content>) {
        self.tree = tree
        let members = tree.members
        starts = [UInt32](repeating: 0, count: tree.inodes.count + 1)
        for position in 0..<members.count where members[position].isInUse {
            starts[Int(members[position].directory) + 1] += 1
        }
        for inode in 1..<starts.count { starts[inode] += starts[inode - 1] }
        order = [UInt32](repeating: 0, count: Int(starts[tree.inodes.count]))
        var next = starts
        for position in 0..<members.count where members[position].isInUse {
            let directory = Int(members[position].directory)
            order[Int(next[directory])] = UInt32(position)
            next[directory] += 1
        }
        for inode in 0..<tree.inodes.count where names(of: inode).count > 1 {
            order[names(of: inode)].sort { left, right in
                members.name(members[Int(left)]).lexicographicallyPrecedes(members.name(members[Int(right)]))
            }
        }
        var count = 0
        var nameCounts: [Int: Int] = [:]
        visit { _, inode in
            count += 1
            if let inode, tree.inodes.isShared(inode) { nameCounts[inode, default: 0] += 1 }
        }
        (self.count, self.nameCounts) = (count, nameCounts)
    }

    /// The names of a directory, as positions for ``member(_:)``.
    func names(of directory: Int) -> Range<Int> {
        Int(starts[directory])..<Int(starts[directory + 1])
    }

    /// A name.
    func member(_ position: Int) -> MemberTable.Member { tree.members[Int(order[position])] }

    /// Goes through the names that can be reached and seen, without making nodes: what was below a directory that another
    /// member replaced is gone.
    private func visit(_ body: (_ depth: Int, _ inode: Int?) -> Void) {
        body(0, LayerTree<Content>.root)
        var open = [
            (names: names(of: LayerTree<Content>.root), isOpaque: tree.inodes.isOpaque(LayerTree<Content>.root))
        ]
        while let last = open.last {
            guard let position = open[open.count - 1].names.popFirst() else {
                open.removeLast()
                continue
            }
            guard let inode = member(position).inode.map(Int.init) else {
                // Below an opaque directory there is nothing left to delete.
                if !last.isOpaque { body(open.count, nil) }
                continue
            }
            body(open.count, inode)
            guard tree.inodes.isDirectory(inode) else { continue }
            open.append((names(of: inode), last.isOpaque || tree.inodes.isOpaque(inode)))
        }
    }

    /// Tells of each node how deep it lies, 0 for the root, and whether it is a directory.
    package func forEachPlace(_ body: (_ depth: Int, _ isDirectory: Bool) -> Void) {
        visit { depth, inode in body(depth, inode.map(tree.inodes.isDirectory) ?? false) }
    }

    package var underestimatedCount: Int { count }

    /// Whether a file has several names.
    package var hasSharedFiles: Bool { !nameCounts.isEmpty }

    package func makeIterator() -> LayerTreeWalk<Content> { LayerTreeWalk(self) }
}

extension LayerNodes {
    /// The node at a path, nil where there is none. Its link group is not known, which only its whole directory tells.
    package func node(at path: BytePath) -> LayerNode<Content>? {
        guard let parent = path.parent else { return node(LayerTree<Content>.root, at: path) }
        guard let directory = find(parent) else { return nil }
        let key = MemberKey(directory: directory.inode, name: path.name)
        if let inode = tree.members.inode(key) { return node(inode, at: path) }
        return tree.members.isDeleted(key) && !directory.isOpaque ? .whiteout(path) : nil
    }

    /// The names in a directory, in byte order; none where the path is no directory.
    package func names(in path: BytePath) -> [[UInt8]] {
        guard let directory = find(path) else { return [] }
        return names(of: directory.inode).compactMap { position in
            let member = member(position)
            return member.inode == nil && directory.isOpaque ? nil : Array(tree.members.name(member))
        }
    }

    /// The names of a catalog of the stock publisher (docs/cvmfs-format.md §11); a directory of more makes its own larger.
    private static var largeDirectory: Int { 100_000 }

    /// The directories of more names than a catalog should have, and how many.
    func largeDirectories() -> [(path: BytePath, names: Int)] {
        let isAny = (0..<tree.inodes.count).contains { names(of: $0).count > Self.largeDirectory }
        guard isAny else { return [] }
        return lazy.filter { $0.kind == .directory }.compactMap { node in
            guard let inode = find(node.path)?.inode, names(of: inode).count > Self.largeDirectory else { return nil }
            return (node.path, names(of: inode).count)
        }
    }

    /// The file at a path, and whether it or a directory above it is opaque.
    private func find(_ path: BytePath) -> (inode: Int, isOpaque: Bool)? {
        var inode = LayerTree<Content>.root
        var isOpaque = tree.inodes.isOpaque(inode)
        for name in path.components {
            guard let next = tree.members.inode(MemberKey(directory: inode, name: name)) else { return nil }
            inode = next
            isOpaque = isOpaque || tree.inodes.isOpaque(inode)
        }
        return (inode, isOpaque)
    }

    /// The node of a file at one of its names; nil for a link that waits, which no complete layer has.
    func node(_ inode: Int, at path: BytePath, _ group: (number: Int, count: Int) = (0, 1)) -> LayerNode<Content>? {
        let file = tree.inodes[inode]
        switch file.body {
        case .directory(let directory):
            return LayerNode(path: path, FileNode(.directory, file.attributes), isOpaque: directory.isOpaque)
        case .leaf(let kind, let content):
            var node = LayerNode(path: path, FileNode(kind, file.attributes), content: content)
            (node.linkGroup, node.linkCount) = group
            node.nameCount = nameCounts[inode] ?? 1
            return node
        case .pendingLink: return nil
        }
    }
}
