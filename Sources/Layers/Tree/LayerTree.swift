import Plumbing

/// What a layer means: the tree that its members make when one after another is put into an empty directory.
///
/// - Of two members of one path the last wins; a directory over a directory keeps what is in it and takes the metadata.
/// - A symbolic link on the way to a member is followed inside the layer's root, as Docker does.
/// - A hard link is another name of the file that is there by then, or else of the one that the layers below have, or of
///   the one that is there in the end.
/// - Whiteouts speak of the layers below only: a member of the same name stays, and a directory becomes opaque.
///
/// What depends on the layers below is only settled by ``finish(over:)``.
///
/// Every call takes time in the depth of the path, not in the size of the layer.
package struct LayerTree<Content: Sendable> {
    var inodes: [Inode]
    var members: [MemberKey: Inode.ID] = [:]
    var whiteouts: Set<MemberKey> = []
    /// What was changed or left out for the sake of the tree.
    var notes = LayerNotes()
    /// Files that aufs keeps for hard links to them, by their names.
    var linkTargets: [BytePath: Inode] = [:]
    let limits: LayerLimits
    /// Where the last member was put: the next one is mostly put there too.
    ///
    /// Never stale: it is always the directory of the last member, which that member cannot replace. Paths that follow
    /// links are left out, since what is put into a directory can change where a link with `..` leads.
    var lastParent: (path: BytePath, directory: Inode.ID)?

    static var root: Inode.ID { 0 }

    /// A layer without members.
    ///
    /// - Parameter limits: bounds how long and deep a path may get when links are followed.
    package init(limits: LayerLimits = LayerLimits()) {
        self.limits = limits
        let root = Inode.Directory(depth: 0, pathLength: 0, isImplicit: true)
        inodes = [Inode(body: .directory(root), attributes: FileAttributes())]
    }

    /// Adds a member, in the order of the archive.
    ///
    /// - Parameters:
    ///   - entry: the member.
    ///   - content: what a file's content is known by, nil for every other kind.
    /// - Throws: ``LayerError`` where the member has no place: below a file, behind links in a circle, or as a hard link
    ///   to a directory.
    package mutating func add(_ entry: LayerEntry, content: Content?) throws {
        switch entry.kind {
        case .node(.directory):
            try addDirectory(entry.path, entry.attributes)
        case .node(.file) where content == nil:
            throw LayerError(.refused("a file without content"), entry: entry.path)
        case .node(let kind):
            try put(.leaf(kind, content: content), entry.attributes, at: entry.path)
        case .linkTarget(let size):
            linkTargets[entry.path] = Inode(
                body: .leaf(.file(size: size), content: content),
                attributes: entry.attributes
            )
        case .hardLink(let target):
            try link(entry.path, to: target, entry.attributes)
        case .whiteout:
            let key = try key(of: entry.path)
            whiteouts.insert(key)
        case .opaque:
            let directory = try directory(entry.path, for: entry.path)
            inodes[directory].makeOpaque()
        }
    }

    private mutating func addDirectory(_ path: BytePath, _ attributes: FileAttributes) throws {
        if path.isRoot {
            inodes[Self.root].name(attributes)
            return
        }
        let key = try key(of: path)
        guard let old = members[key] else {
            members[key] = newDirectory(key, attributes)
            return
        }
        if inodes[old].isDirectory {
            inodes[old].name(attributes)
            return
        }
        let new = newDirectory(key, attributes)
        // What stood there until now had removed a directory of the layers below.
        inodes[new].makeOpaque()
        members[key] = new
    }

    private mutating func put(_ body: Inode.Body, _ attributes: FileAttributes, at path: BytePath) throws {
        let key = try key(of: path)
        // What was below a directory of that name is gone with it.
        members[key] = add(Inode(body: body, attributes: attributes))
    }

    private mutating func link(_ path: BytePath, to target: BytePath, _ attributes: FileAttributes) throws {
        let key = try key(of: path)
        if let linkTarget = linkTargets[target] {
            members[key] = add(linkTarget)
            return
        }
        let (targetKey, isDeleted) = try place(ofLinkTarget: target, for: path)
        guard let inode = targetKey.flatMap({ members[$0] }) else {
            members[key] = add(Inode(body: .pendingLink(target: target, isDeleted: isDeleted), attributes: attributes))
            return
        }
        guard !inodes[inode].isDirectory else { throw Self.linkToDirectory(path, target) }
        if targetKey == key {
            notes.drop(.linkToItself, path)
            return
        }
        inodes[inode].isShared = true
        members[key] = inode
    }

    mutating func add(_ inode: Inode) -> Inode.ID {
        inodes.append(inode)
        return inodes.count - 1
    }

    static func linkToDirectory(_ path: BytePath, _ target: BytePath) -> LayerError {
        LayerError(.refused("a hard link to the directory \"\(target)\""), entry: path)
    }
}
