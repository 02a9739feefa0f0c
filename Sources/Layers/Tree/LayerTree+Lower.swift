import Plumbing

/// What a layer takes over from those below it.
extension LayerTree {
    /// Deletes what lower layers have in the root name by name: the kernel's overlay takes no notice of an opaque root.
    mutating func replaceOpaqueRoot(over lower: some LowerFiles<Content>, _ base: inout LayerBase) throws {
        guard inodes.isOpaque(Self.root) else { return }
        inodes.makeTransparent(Self.root)
        base.hidesRoot = true
        for name in try lower.names(in: BytePath()).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let key = MemberKey(directory: Self.root, name: name)
            if let member = members.inode(key) {
                inodes.makeOpaque(member)
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
        for (path, inode) in implicitDirectories() {
            if path.isRoot, try lower.file(at: path) == nil { continue }
            let link = try lower.file(at: path)
            let found = try lower.resolve(path, followingLast: true)
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
            base.directories.append(
                LayerBase.Directory(
                    path: path,
                    layer: layer,
                    isOverLink: isOverLink,
                    isOverDeleted: inodes.isOverDeleted(inode)
                )
            )
        }
    }

    /// The reachable ones, in path order. What the layer deletes of the lower ones does not matter, as in containerd.
    func implicitDirectories() -> [(path: BytePath, inode: Inode.ID)] {
        // Most layers name all but their root.
        let isNamed = (1..<inodes.count).allSatisfy { !inodes.isImplicit($0) }
        if isNamed { return inodes.isImplicit(Self.root) ? [(BytePath(), Self.root)] : [] }
        var children: [Inode.ID: [(name: [UInt8], inode: Inode.ID)]] = [:]
        var found: [(path: BytePath, inode: Inode.ID)] = []
        members.forEach { key, inode in
            if inodes.isDirectory(inode) { children[key.directory, default: []].append((key.name, inode)) }
        }
        var waiting: [(path: BytePath, inode: Inode.ID)] = [(BytePath(), Self.root)]
        while let next = waiting.popLast() {
            if inodes.isImplicit(next.inode) { found.append(next) }
            for child in children[next.inode] ?? [] { waiting.append((next.path.appending(child.name), child.inode)) }
        }
        return found.sorted { $0.path < $1.path }
    }
}
