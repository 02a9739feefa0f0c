import Plumbing

extension LayerTree {
    /// Whether what lies below the layer matters to ``finish(over:)``.
    package var needsLower: Bool {
        inodes.contains { inode in
            switch inode.body {
            case .pendingLink: true
            case .directory(let directory): directory.isImplicit
            case .leaf: false
            }
        } || inodes[Self.root].directory?.isOpaque == true
    }

    /// The layer, on what lies below it.
    ///
    /// Throws ``LayerError`` for a hard link to a directory, or to something that neither this layer nor those below it
    /// have; and the errors of `lower`.
    package consuming func finish(over lower: some LowerFiles<Content>) throws -> CompleteLayer<Content> {
        var tree = self
        var base = LayerBase()
        try tree.resolvePendingLinks(over: lower, &base)
        tree.applyWhiteouts()
        try tree.replaceOpaqueRoot(over: lower, &base)
        try tree.settleImplicitDirectories(over: lower, &base)
        var walk = LayerTreeWalk(tree)
        return CompleteLayer(nodes: walk.nodes(), base: base, notes: tree.notes)
    }

    /// Binds links to what is there in the end.
    private mutating func resolvePendingLinks(
        over lower: some LowerFiles<Content>,
        _ base: inout LayerBase
    ) throws {
        var lowerInodes: [BytePath: Inode.ID] = [:]
        // In path order, so that of several faults always the same one is named.
        for (path, key) in pendingLinks() {
            guard let inode = members[key], case .pendingLink(let target, let isDeleted) = inodes[inode].body else {
                continue
            }
            // Whoever unpacks one layer upon the other finds the lower file at this moment, whatever comes later.
            if !isDeleted, let found = try lower.resolve(target, followingLast: false) {
                guard found.file.node.kind != .directory else { throw Self.linkToDirectory(path, target) }
                if lowerInodes[found.path] == nil {
                    lowerInodes[found.path] = try add(found.file, at: found.path, of: lower)
                } else if let shared = lowerInodes[found.path] {
                    inodes[shared].isShared = true
                }
                members[key] = lowerInodes[found.path]
                notes.warn(.linkToLowerLayer, "\(path) -> \(found.path)")
                base.links.append(LayerBase.Link(path: path, target: found.path, layer: found.file.layer))
                continue
            }
            members[key] = try endOfLinks(from: inode, at: path)
        }
    }

    /// The file of this layer that a link leads to over others that wait.
    private mutating func endOfLinks(from inode: Inode.ID, at path: BytePath) throws -> Inode.ID {
        var inode = inode
        var seen: Set<Inode.ID> = [inode]
        while case .pendingLink(let target, _) = inodes[inode].body {
            if let linkTarget = linkTargets[target] { return add(linkTarget) }
            guard target != path, let key = try place(ofLinkTarget: target, for: path).key, let next = members[key]
            else {
                throw LayerError(
                    .refused("a hard link to \"\(target)\", which neither this layer nor those below it have"),
                    entry: path
                )
            }
            guard !inodes[next].isDirectory else { throw Self.linkToDirectory(path, target) }
            inode = next
            guard seen.insert(inode).inserted else { throw LayerError(.refused("hard links in a circle"), entry: path) }
        }
        inodes[inode].isShared = true
        return inode
    }

    private mutating func add(
        _ file: LowerFile,
        at path: BytePath,
        of lower: some LowerFiles<Content>
    ) throws -> Inode.ID {
        var content: Content?
        if case .file = file.node.kind { content = try lower.content(of: file, at: path) }
        return add(Inode(body: .leaf(file.node.kind, content: content), attributes: file.node.attributes))
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
            inodes[inode].makeOpaque(isNew: true)
            whiteouts.remove(key)
        }
    }
}
