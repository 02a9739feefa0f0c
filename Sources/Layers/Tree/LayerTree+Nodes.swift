import Plumbing

extension LayerTree {
    /// The nodes of the layer: the root first, parents before what is in them, in the order of ``BytePath``.
    ///
    /// Throws ``LayerError`` for a hard link to a directory or to something that the layer does not have.
    package consuming func finish() throws -> [LayerNode<Content>] {
        var tree = self
        try tree.resolvePendingLinks()
        tree.applyWhiteouts()
        var walk = LayerTreeWalk(tree)
        return walk.nodes()
    }

    /// Binds links to what is there in the end.
    private mutating func resolvePendingLinks() throws {
        // In path order, so that of several faults always the same one is named.
        for (path, key) in pendingLinks() {
            guard let inode = members[key], case .pendingLink(let first) = inodes[inode].body else { continue }
            var target = first
            var seen: Set<Inode.ID> = [inode]
            while true {
                guard let targetKey = try existingKey(of: target, for: path), let next = members[targetKey] else {
                    throw LayerError(
                        .refused("a hard link to \"\(target)\", which this layer does not have"),
                        entry: path
                    )
                }
                if case .pendingLink(let further) = inodes[next].body {
                    guard seen.insert(next).inserted else {
                        throw LayerError(.refused("hard links in a circle"), entry: path)
                    }
                    target = further
                    continue
                }
                guard !inodes[next].isDirectory else { throw Self.linkToDirectory(path, target) }
                inodes[next].isShared = true
                members[key] = next
                break
            }
        }
    }

    /// The reachable names of links that wait, with their paths.
    private func pendingLinks() -> [(path: BytePath, key: MemberKey)] {
        let isPending = inodes.map { if case .pendingLink = $0.body { true } else { false } }
        guard isPending.contains(true) else { return [] }
        var parents: [Inode.ID: MemberKey] = [:]
        var waiting: [MemberKey] = []
        for (key, inode) in members {
            if inodes[inode].isDirectory { parents[inode] = key }
            if isPending[inode] { waiting.append(key) }
        }
        return waiting.compactMap { key in path(of: key, parents).map { ($0, key) } }.sorted { $0.path < $1.path }
    }

    /// The path of a name, nil where a directory on the way was replaced.
    private func path(of key: MemberKey, _ parents: [Inode.ID: MemberKey]) -> BytePath? {
        var names = [key.name]
        var directory = key.directory
        while directory != Self.root {
            guard let parent = parents[directory] else { return nil }
            names.append(parent.name)
            directory = parent.directory
        }
        return BytePath(components: names.reversed())
    }

    /// Lets members win over whiteouts of their name.
    private mutating func applyWhiteouts() {
        for key in whiteouts {
            guard let inode = members[key] else { continue }
            inodes[inode].makeOpaque()
            whiteouts.remove(key)
        }
    }
}
