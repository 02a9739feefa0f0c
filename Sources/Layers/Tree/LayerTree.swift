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
    var inodes = InodeTable<Content>()
    var members = MemberTable()
    /// What was changed or left out for the sake of the tree.
    var notes = LayerNotes()
    /// Files that aufs keeps for hard links to them, by their names.
    var linkTargets: [BytePath: Inode.ID] = [:]
    /// The names that are left out and have no file since.
    var leftOut: [BytePath: LayerNotes.Dropped] = [:]
    let limits: LayerLimits
    /// The bytes of names, link targets and attributes, which are kept until the layer is complete.
    private var textBytes: Int64 = 0
    /// Where the last member was put: the next one is mostly put there too.
    ///
    /// Never stale: it is always the directory of the last member, which that member cannot replace. Paths that follow
    /// links are left out, since what is put into a directory can change where a link with `..` leads.
    var lastParent: (path: BytePath, directory: Inode.ID)?

    /// The last member whose way led above the root.
    var lastAboveRoot: BytePath?

    static var root: Inode.ID { 0 }

    /// A layer without members.
    ///
    /// - Parameter limits: bounds how long and deep a path may get when links are followed, and what is kept of all entries.
    package init(limits: LayerLimits = LayerLimits()) {
        self.limits = limits
        inodes.addRoot()
    }

    /// Adds a member, in the order of the archive.
    ///
    /// - Parameters:
    ///   - entry: the member.
    ///   - content: what a file's content is known by, nil for every other kind.
    /// - Throws: ``LayerError`` where the member has no place: below a file, behind links in a circle, or as a hard link
    ///   to a directory; or where there is more to keep than the limits allow.
    package mutating func add(_ entry: LayerEntry, content: Content?) throws {
        switch entry.kind {
        case .node(.directory):
            try addDirectory(entry.path, entry.attributes)
        case .node(.file) where content == nil:
            throw LayerError(.refused("a file without content"), entry: entry.path)
        case .node(let kind):
            try put(.leaf(kind, content: content), entry.attributes, at: entry.path)
        case .linkTarget(let size):
            let file = Inode(body: .leaf(.file(size: size), content: content), attributes: entry.attributes)
            linkTargets[entry.path] = try add(file, for: entry.path)
        case .leftOut(let reason):
            try count(entry.path.bytes.count, for: entry.path)
            leftOut[entry.path] = reason
        case .hardLink(let target):
            try link(entry.path, to: target, entry.attributes)
        case .whiteout:
            try delete(try key(of: entry.path), for: entry.path)
        case .opaque:
            let directory = try directory(entry.path, for: entry.path)
            inodes.makeOpaque(directory)
        }
    }

    private mutating func addDirectory(_ path: BytePath, _ attributes: FileAttributes) throws {
        if path.isRoot {
            try name(Self.root, attributes, for: path)
            return
        }
        let key = try key(of: path)
        guard let old = members.inode(key) else {
            try bind(key, to: newDirectory(key, attributes, for: path), for: path)
            return
        }
        if inodes.isDirectory(old) {
            try name(old, attributes, for: path)
            return
        }
        let new = try newDirectory(key, attributes, for: path)
        // What stood there until now had removed a directory of the layers below.
        inodes.makeOpaque(new)
        try bind(key, to: new, for: path)
    }

    private mutating func put(_ body: Inode.Body, _ attributes: FileAttributes, at path: BytePath) throws {
        let key = try key(of: path)
        // What was below a directory of that name is gone with it.
        try bind(key, to: add(Inode(body: body, attributes: attributes), for: path), for: path)
    }

    private mutating func link(_ path: BytePath, to target: BytePath, _ attributes: FileAttributes) throws {
        let key = try key(of: path)
        if let linkTarget = linkTargets[target] {
            inodes.share(linkTarget)
            try bind(key, to: linkTarget, for: path)
            return
        }
        if try place(ofLinkTarget: target, for: path) == key, let inode = members.inode(key) {
            guard !inodes.isDirectory(inode) else { throw Self.linkToDirectory(path, target) }
            notes.drop(.linkToItself, path)
            return
        }
        // What stands there is removed first, as every unpacker does, and a target in it with it.
        let replaced = members.inode(key)
        members.unbind(key)
        let found = try place(ofLinkTarget: target, for: path).flatMap(members.inode)
        guard let inode = found, !inodes.isLinkToLeftOut(inode) else {
            // A name that may come to nothing is none for the next link.
            if let reason = leftOut[target] { leftOut[path] = reason }
            let waiting = Inode.PendingLink(
                target: target,
                isToLeftOut: leftOut[target] != nil,
                replaced: replaced,
                below: lowerPlace(of: target, for: path)
            )
            try bind(key, to: add(Inode(body: .pendingLink(waiting), attributes: attributes), for: path), for: path)
            return
        }
        guard !inodes.isDirectory(inode) else { throw Self.linkToDirectory(path, target) }
        inodes.share(inode)
        try bind(key, to: inode, for: path)
    }

    static func linkToDirectory(_ path: BytePath, _ target: BytePath) -> LayerError {
        LayerError(.refused("a hard link to the directory \"\(target)\""), entry: path)
    }
}

/// Changes of the tables, which the limits keep from growing for ever.
extension LayerTree {
    /// Adds a file without a name.
    mutating func add(_ inode: Inode, for member: BytePath) throws -> Inode.ID {
        var bytes = Self.size(inode.attributes)
        switch inode.body {
        case .leaf(.symlink(let target), _): bytes += target.count
        case .pendingLink(let link): bytes += link.target.bytes.count
        case .leaf, .directory: break
        }
        try count(bytes, for: member)
        return inodes.add(inode)
    }

    /// Gives a name to a file, taking it from another one.
    mutating func bind(_ key: MemberKey, to inode: Inode.ID, for member: BytePath) throws {
        try count(key.name.count, for: member)
        members.bind(key, to: inode)
    }

    /// Deletes a name from the layers below.
    mutating func delete(_ key: MemberKey, for member: BytePath) throws {
        try count(key.name.count, for: member)
        members.delete(key)
    }

    private mutating func name(_ directory: Inode.ID, _ attributes: FileAttributes, for member: BytePath) throws {
        try count(Self.size(attributes), for: member)
        inodes.name(directory, attributes)
    }

    private static func size(_ attributes: FileAttributes) -> Int {
        attributes.xattrs.reduce(0) { $0 + $1.name.count + $1.value.count }
    }

    private mutating func count(_ bytes: Int, for member: BytePath) throws {
        textBytes += Int64(bytes)
        let limit = min(limits.textBytes, ByteTable.capacity)
        guard textBytes <= limit else { throw LayerError(.overLimit(.textBytes, limit: limit), entry: member) }
    }
}
