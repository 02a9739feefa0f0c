import Plumbing

/// What a layer takes over from those below it.
extension LayerTree {
    /// Deletes what lower layers have in the root name by name: the kernel's overlay takes no notice of an opaque root.
    mutating func replaceOpaqueRoot(over lower: some LowerFiles<Content>, _ base: inout LayerBase) throws {
        guard inodes.isOpaque(Self.root) else { return }
        inodes.makeTransparent(Self.root)
        for name in try lower.names(in: BytePath()).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let key = MemberKey(directory: Self.root, name: name)
            if let member = members.inode(key) {
                inodes.makeOpaque(member, isNew: true)
            } else {
                try delete(key, for: BytePath())
            }
            notes.warn(.opaqueRoot, Printable.text(name))
            base.hiddenNames.append(name)
        }
    }

    /// Gives directories that no member names the attributes that they have below, as containerd does
    /// (https://github.com/containerd/containerd/pull/3017); those of no layer stay 0755, 0:0, of 1970.
    mutating func settleImplicitDirectories(over lower: some LowerFiles<Content>, _ base: inout LayerBase) throws {
        let hiddenNames = Set(base.hiddenNames)
        for (path, inode, isNew) in implicitDirectories() {
            // The names at the root are deleted before the layer's own come.
            if path.isRoot, try lower.file(at: path) == nil { continue }
            let isSeen = !isNew && (path.isRoot || !hiddenNames.contains(path.components[0]))
            let link = isSeen ? try lower.file(at: path) : nil
            let found = isSeen ? try lower.resolve(path, followingLast: true) : nil
            var layer: Int?
            if let found, found.file.node.kind == .directory {
                // Hardly any layer names its root, and then it is this everywhere.
                if path.isRoot, found.file.node.attributes == FileAttributes() { continue }
                inodes.set(found.file.node.attributes, of: inode)
                layer = found.file.layer
                notes.warn(.impliedDirectory, path.description)
            }
            var isOverLink = false
            if case .symlink(let target)? = link?.node.kind {
                isOverLink = true
                notes.warn(.directoryOverLink, "\(path) over \(path) -> \(Printable.text(target))")
            }
            base.directories.append(LayerBase.Directory(path: path, layer: layer, isOverLink: isOverLink))
        }
    }

    /// The reachable ones, and whether the layer has deleted what lies below of each. In path order.
    private func implicitDirectories() -> [(path: BytePath, inode: Inode.ID, isNew: Bool)] {
        // Most layers name all but their root.
        let isNamed = (1..<inodes.count).allSatisfy { !inodes.isImplicit($0) }
        if isNamed { return inodes.isImplicit(Self.root) ? [(BytePath(), Self.root, false)] : [] }
        var children: [Inode.ID: [(name: [UInt8], inode: Inode.ID)]] = [:]
        var found: [(path: BytePath, inode: Inode.ID, isNew: Bool)] = []
        members.forEach { key, inode in
            if inodes.isDirectory(inode) { children[key.directory, default: []].append((key.name, inode)) }
        }
        var waiting: [(path: BytePath, inode: Inode.ID, isNew: Bool)] = [(BytePath(), Self.root, false)]
        while let next = waiting.popLast() {
            guard case .directory(let directory) = inodes[next.inode].body else { continue }
            let isNew = next.isNew || directory.isNew
            if directory.isImplicit { found.append((next.path, next.inode, isNew)) }
            for child in children[next.inode] ?? [] {
                // What is in an opaque directory comes from no lower layer.
                waiting.append((next.path.appending(child.name), child.inode, isNew || directory.isOpaque))
            }
        }
        return found.sorted { $0.path < $1.path }
    }
}
