import Plumbing

/// Goes through a finished tree from the root, directory by directory, names in byte order.
struct LayerTreeWalk<Content: Sendable> {
    private typealias Tree = LayerTree<Content>
    private typealias Inode = Tree.Inode

    /// A name; `inode` is -1 for a whiteout.
    private struct Member {
        let name: [UInt8]
        let inode: Int
    }

    /// A directory whose names are being gone through.
    private struct Frame {
        let path: BytePath
        var remaining: Range<Int>
        /// Whether it or a directory above it is opaque.
        let isHidden: Bool
        /// Files with several names in this directory: how many, and their group once it has a number.
        var groups: [Int: (count: Int, number: Int)]
    }

    private let inodes: [Inode]
    /// All names, sorted by directory and within it by bytes.
    private var members: [Member] = []
    /// Where the names of a directory stand in `members`, by inode.
    private var ranges: [Range<Int>]
    private var groupCount = 0
    /// How many names each of the files has that were given more than one.
    private var nameCounts: [Int: Int] = [:]
    private var result: [LayerNode<Content>] = []

    init(_ tree: LayerTree<Content>) {
        inodes = tree.inodes
        var starts = [Int](repeating: 0, count: inodes.count + 1)
        for key in tree.members.keys { starts[key.directory + 1] += 1 }
        for key in tree.whiteouts { starts[key.directory + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        ranges = (0..<inodes.count).map { starts[$0]..<starts[$0 + 1] }
        members = [Member](repeating: Member(name: [], inode: -1), count: starts[inodes.count])
        var next = starts
        func place(_ key: MemberKey, _ inode: Int, _ members: inout [Member]) {
            members[next[key.directory]] = Member(name: key.name, inode: inode)
            next[key.directory] += 1
        }
        for (key, inode) in tree.members { place(key, inode, &members) }
        for key in tree.whiteouts { place(key, -1, &members) }
        for range in ranges where range.count > 1 {
            members[range].sort { $0.name.lexicographicallyPrecedes($1.name) }
        }
    }

    mutating func nodes() -> [LayerNode<Content>] {
        countNames()
        result.reserveCapacity(members.count + 1)
        var stack: [Frame] = []
        emit(BytePath(), Tree.root)
        stack.append(frame(BytePath(), Tree.root, isHidden: false))
        while var frame = stack.popLast() {
            guard let index = frame.remaining.first else { continue }
            frame.remaining = (index + 1)..<frame.remaining.upperBound
            let member = members[index]
            if member.inode == -1 {
                // Below an opaque directory there is nothing left to delete, and a device there would be seen.
                if !frame.isHidden { emitWhiteout(frame.path.appending(member.name)) }
                stack.append(frame)
                continue
            }
            let path = frame.path.appending(member.name)
            let group = group(member.inode, &frame.groups)
            stack.append(frame)
            emit(path, member.inode, group)
            if inodes[member.inode].isDirectory {
                stack.append(self.frame(path, member.inode, isHidden: frame.isHidden))
            }
        }
        return result
    }

    /// Counts names that can be reached: what was below a directory that another member replaced is gone.
    private mutating func countNames() {
        guard inodes.contains(where: \.isShared) else { return }
        var directories = [Tree.root]
        while let directory = directories.popLast() {
            for member in members[ranges[directory]] where member.inode >= 0 {
                if inodes[member.inode].isDirectory { directories.append(member.inode) }
                if inodes[member.inode].isShared { nameCounts[member.inode, default: 0] += 1 }
            }
        }
    }

    private func frame(_ path: BytePath, _ inode: Int, isHidden: Bool) -> Frame {
        var isOpaque = false
        if case .directory(let directory) = inodes[inode].body { isOpaque = directory.isOpaque }
        var groups: [Int: (count: Int, number: Int)] = [:]
        for member in members[ranges[inode]] where member.inode >= 0 {
            let file = inodes[member.inode]
            guard file.isShared, case .leaf(.file, _) = file.body else { continue }
            groups[member.inode, default: (0, 0)].count += 1
        }
        return Frame(path: path, remaining: ranges[inode], isHidden: isHidden || isOpaque, groups: groups)
    }

    private mutating func group(
        _ inode: Int,
        _ groups: inout [Int: (count: Int, number: Int)]
    ) -> (number: Int, count: Int) {
        guard var group = groups[inode], group.count > 1 else { return (0, 1) }
        if group.number == 0 {
            groupCount += 1
            group.number = groupCount
            groups[inode] = group
        }
        return (group.number, group.count)
    }

    private mutating func emit(_ path: BytePath, _ inode: Int, _ group: (number: Int, count: Int) = (0, 1)) {
        let file = inodes[inode]
        switch file.body {
        case .directory(let directory):
            result.append(
                LayerNode(
                    path: path,
                    file: FileNode(.directory, file.attributes),
                    content: nil,
                    isOpaque: directory.isOpaque,
                    linkGroup: 0,
                    linkCount: 1,
                    nameCount: 1
                )
            )
        case .leaf(let kind, let content):
            result.append(
                LayerNode(
                    path: path,
                    file: FileNode(kind, file.attributes),
                    content: content,
                    isOpaque: false,
                    linkGroup: group.number,
                    linkCount: group.count,
                    nameCount: nameCounts[inode] ?? 1
                )
            )
        case .pendingLink:
            // Every reachable one was resolved.
            break
        }
    }

    private mutating func emitWhiteout(_ path: BytePath) {
        result.append(
            LayerNode(
                path: path,
                file: .whiteout,
                content: nil,
                isOpaque: false,
                linkGroup: 0,
                linkCount: 1,
                nameCount: 1
            )
        )
    }
}
