import Plumbing

extension LayerTree {
    /// Whether what lies below the layer matters to ``finish(over:)``.
    package var needsLower: Bool {
        inodes.isOpaque(Self.root)
            || (0..<inodes.count).contains { inodes.isPendingLink($0) || inodes.isImplicit($0) }
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
        let nodes = LayerNodes(tree)
        var notes = tree.notes
        for (path, count) in nodes.largeDirectories() { notes.warn(.largeDirectory, "\(path) of \(count) names") }
        return CompleteLayer(nodes: nodes, base: base, notes: notes)
    }

    /// Binds links to what is there in the end.
    private mutating func resolvePendingLinks(
        over lower: some LowerFiles<Content>,
        _ base: inout LayerBase
    ) throws {
        var lowerInodes: [BytePath: Inode.ID] = [:]
        var ends: [Inode.ID: Inode.ID] = [:]
        var overLinks: [BytePath: [Inode.ID]]?
        // In path order, so that of several faults always the same one is named.
        for (path, key) in pendingLinks() {
            guard let inode = members.inode(key), case .pendingLink(let link) = inodes[inode].body else {
                continue
            }
            // Whoever unpacks one layer upon the other finds the lower file at this moment, whatever comes later.
            if let found = try find(link, in: lower) {
                guard found.file.node.kind != .directory else { throw Self.linkToDirectory(path, link.target) }
                if lowerInodes[found.path] == nil {
                    lowerInodes[found.path] = try add(found.file, at: found.path, of: lower)
                } else if let shared = lowerInodes[found.path] {
                    inodes.share(shared)
                }
                if let inode = lowerInodes[found.path] { try bind(key, to: inode, for: path) }
                notes.warn(.linkToLowerLayer, "\(path) -> \(found.path)")
                base.links.append(
                    LayerBase.Link(path: path, target: found.path, named: link.target, layer: found.file.layer)
                )
                continue
            }
            if let place = link.below,
                try self.place(ofLinkTarget: link.target, for: path).flatMap(members.inode) == nil
            {
                let directories = try overLinks ?? directoriesOverLinks(of: lower)
                overLinks = directories
                if let found = try file(at: place, in: directories, over: lower), found != inode {
                    guard !inodes.isDirectory(found) else { throw Self.linkToDirectory(path, link.target) }
                    try bind(key, to: endOfLinks(from: found, at: path, &ends), for: path)
                    continue
                }
            }
            if link.isToLeftOut {
                notes.drop(leftOut[link.target] ?? .overlayDevice, path)
                if let replaced = link.replaced { members.bind(key, to: replaced) } else { members.unbind(key) }
                continue
            }
            try bind(key, to: endOfLinks(from: inode, at: path, &ends), for: path)
        }
    }

    /// The lower file that a link is another name of.
    private func find(
        _ link: Inode.PendingLink,
        in lower: some LowerFiles<Content>
    ) throws -> (file: LowerFile, path: BytePath)? {
        guard let place = link.below else { return nil }
        var own: Inode.ID? = Self.root
        for directory in place.path.ancestors.prefix(place.ownDirectories) {
            own = own.flatMap { members.inode(MemberKey(directory: $0, name: directory.name)) }
            // Who unpacks one layer upon the other made no directory in the place of the link, but went through it.
            if let own, inodes.isDirectory(own), inodes.isImplicit(own) { continue }
            guard try lower.resolve(directory, followingLast: false)?.file.node.kind == .directory else { return nil }
        }
        return try lower.resolve(place.path, followingLast: false)
    }

    /// The file of this layer that a link leads to over others that wait. `ends` keeps what was found: links of links could
    /// be as many as the layer has entries.
    private mutating func endOfLinks(
        from inode: Inode.ID,
        at path: BytePath,
        _ ends: inout [Inode.ID: Inode.ID]
    ) throws -> Inode.ID {
        var inode = inode
        var seen: Set<Inode.ID> = [inode]
        while case .pendingLink(let link) = inodes[inode].body {
            let target = link.target
            if let linkTarget = linkTargets[target] {
                inodes.share(linkTarget)
                return linkTarget
            }
            guard target != path, let key = try place(ofLinkTarget: target, for: path),
                let next = members.inode(key)
            else {
                throw LayerError.linkToNothing(path, target)
            }
            guard !inodes.isDirectory(next) else { throw Self.linkToDirectory(path, target) }
            inode = ends[next] ?? next
            guard seen.insert(inode).inserted else { throw LayerError(.refused("hard links in a circle"), entry: path) }
        }
        for link in seen where link != inode { ends[link] = inode }
        inodes.share(inode)
        return inode
    }

    private mutating func add(
        _ file: LowerFile,
        at path: BytePath,
        of lower: some LowerFiles<Content>
    ) throws -> Inode.ID {
        var content: Content?
        if case .file = file.node.kind { content = try lower.content(of: file, at: path) }
        return try add(
            Inode(body: .leaf(file.node.kind, content: content), attributes: file.node.attributes),
            for: path
        )
    }

    /// The reachable names of links that wait, with their paths.
    private func pendingLinks() -> [(path: BytePath, key: MemberKey)] {
        guard (0..<inodes.count).contains(where: inodes.isPendingLink) else { return [] }
        var parents: [Inode.ID: MemberKey] = [:]
        var waiting: [MemberKey] = []
        members.forEach { key, inode in
            if inodes.isDirectory(inode) { parents[inode] = key }
            if inodes.isPendingLink(inode) { waiting.append(key) }
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
        for position in 0..<members.count {
            guard members[position].isDeleted, let inode = members[position].inode else { continue }
            inodes.putOverDeleted(Int(inode))
            members.keep(position)
        }
    }
}
