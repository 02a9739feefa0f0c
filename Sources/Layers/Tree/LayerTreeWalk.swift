import Plumbing

/// Goes through a complete layer from the root, directory by directory, names in byte order.
package struct LayerTreeWalk<Content: Sendable>: IteratorProtocol {
    /// A directory whose names are being gone through.
    private struct Frame {
        let path: BytePath
        var remaining: Range<Int>
        /// Whether it or a directory above it is opaque.
        let isHidden: Bool
        /// Files with several names in this directory: how many, and their group once it has a number.
        var groups: [Int: (count: Int, number: Int)]
    }

    private let nodes: LayerNodes<Content>
    private var stack: [Frame] = []
    private var hasBegun = false
    private var groupCount = 0

    init(_ nodes: LayerNodes<Content>) {
        self.nodes = nodes
    }

    package mutating func next() -> LayerNode<Content>? {
        guard hasBegun else {
            hasBegun = true
            let root = LayerTree<Content>.root
            stack.append(frame(BytePath(), root, isHidden: false))
            return nodes.node(root, at: BytePath())
        }
        while !stack.isEmpty {
            guard let position = stack[stack.count - 1].remaining.popFirst() else {
                stack.removeLast()
                continue
            }
            if let node = node(nodes.member(position)) { return node }
        }
        return nil
    }

    /// The node of a name in the last directory of the stack, upon which it puts the directory that the name may be.
    private mutating func node(_ member: MemberTable.Member) -> LayerNode<Content>? {
        let top = stack.count - 1
        let name = Array(nodes.tree.members.name(member))
        let path = stack[top].path.appending(name)
        guard let inode = member.inode.map(Int.init) else {
            // Below an opaque directory there is nothing left to delete, and a device there would be seen.
            return stack[top].isHidden ? nil : .whiteout(path)
        }
        let group = group(inode, in: top)
        if nodes.tree.inodes.isDirectory(inode) {
            stack.append(frame(path, inode, isHidden: stack[top].isHidden))
        }
        return nodes.node(inode, at: path, group)
    }

    private func frame(_ path: BytePath, _ inode: Int, isHidden: Bool) -> Frame {
        var groups: [Int: (count: Int, number: Int)] = [:]
        for position in nodes.names(of: inode) where nodes.hasSharedFiles {
            guard let file = nodes.member(position).inode.map(Int.init) else { continue }
            guard nodes.tree.inodes.isShared(file), nodes.tree.inodes.isFile(file) else { continue }
            groups[file, default: (0, 0)].count += 1
        }
        return Frame(
            path: path,
            remaining: nodes.names(of: inode),
            isHidden: isHidden || nodes.tree.inodes.isOpaque(inode),
            groups: groups
        )
    }

    private mutating func group(_ inode: Int, in frame: Int) -> (number: Int, count: Int) {
        guard var group = stack[frame].groups[inode], group.count > 1 else { return (0, 1) }
        if group.number == 0 {
            groupCount += 1
            group.number = groupCount
            stack[frame].groups[inode] = group
        }
        return (group.number, group.count)
    }
}
