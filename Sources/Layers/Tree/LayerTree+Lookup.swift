import Plumbing

/// Finding places in the tree. Links on the way are followed within the layer's root.
extension LayerTree {
    /// Links followed for one path, as in Linux.
    private static var linkLimit: Int { 40 }
    /// Components looked at for one path: links that lead to links can make paths of any length.
    private static var stepLimit: Int { 8192 }

    /// A directory on the way, or one that is missing so far.
    private struct Step {
        let name: ArraySlice<UInt8>
        let directory: Inode.ID?
    }

    /// The name that a member gets, its directory being made where it is missing.
    mutating func key(of path: BytePath) throws -> MemberKey {
        guard let parent = path.parent else {
            throw LayerError(.refused("the root of a layer must be a directory"), entry: path)
        }
        let directory: Inode.ID
        if let last = lastParent, last.path == parent {
            directory = last.directory
        } else {
            directory = try self.directory(parent, for: path)
        }
        let key = MemberKey(directory: directory, name: path.name)
        try checkPlace(key, for: path)
        return key
    }

    /// The name that a hard link's target stands for, nil where its directory is missing. The last component is not
    /// followed.
    mutating func place(ofLinkTarget path: BytePath, for member: BytePath) throws -> MemberKey? {
        guard let parent = path.parent else { throw Self.linkToDirectory(member, path) }
        // Where the way ends at a file or in a circle there is nothing, unless a later member changes that.
        guard let directory = try? way(to: parent, for: member).steps.last?.directory else { return nil }
        return MemberKey(directory: directory, name: path.name)
    }

    /// The place of lower layers that a path leads to, nil where the way ends at a file or in a circle.
    mutating func lowerPlace(of path: BytePath, for member: BytePath) -> Inode.LowerPlace? {
        guard let parent = path.parent, let steps = try? way(to: parent, for: member).steps.dropFirst() else {
            return nil
        }
        guard let place = BytePath(components: steps.map(\.name) + [path.name[...]]) else { return nil }
        return Inode.LowerPlace(path: place, ownDirectories: steps.prefix { $0.directory != nil }.count)
    }

    /// The directory of this path, made where it is missing.
    mutating func directory(_ path: BytePath, for member: BytePath) throws -> Inode.ID {
        let way = try way(to: path, for: member)
        var directory = Self.root
        for step in way.steps {
            if let existing = step.directory {
                directory = existing
                continue
            }
            let key = MemberKey(directory: directory, name: Array(step.name))
            try checkPlace(key, for: member)
            directory = try newDirectory(key, FileAttributes(), isImplicit: true, for: member)
            try bind(key, to: directory, for: member)
        }
        lastParent = way.links == 0 ? (path, directory) : nil
        return directory
    }

    /// An empty directory for this name, which it does not have yet.
    mutating func newDirectory(
        _ key: MemberKey,
        _ attributes: FileAttributes,
        isImplicit: Bool = false,
        for member: BytePath
    ) throws -> Inode.ID {
        let place = place(key)
        let directory = Inode.Directory(depth: place.depth, pathLength: place.length, isImplicit: isImplicit)
        return try add(Inode(body: .directory(directory), attributes: attributes), for: member)
    }

    /// Throws where links on the way have made a path too long or too deep.
    private func checkPlace(_ key: MemberKey, for member: BytePath) throws {
        let place = place(key)
        guard place.depth <= limits.depth else {
            throw LayerError(.overLimit(.depth, limit: Int64(limits.depth)), entry: member)
        }
        guard place.length <= limits.pathLength else {
            throw LayerError(.overLimit(.pathLength, limit: Int64(limits.pathLength)), entry: member)
        }
    }

    private func place(_ key: MemberKey) -> (depth: Int, length: Int) {
        guard key.directory != Self.root, case .directory(let parent) = inodes[key.directory].body else {
            return (1, key.name.count)
        }
        return (parent.depth + 1, parent.pathLength + 1 + key.name.count)
    }

    /// The directories from the root to a path, the root first, and how many links were followed to get there.
    ///
    /// Above the root is the root again, as in a container.
    private mutating func way(to path: BytePath, for member: BytePath) throws -> (steps: [Step], links: Int) {
        var steps = [Step(name: [], directory: Self.root)]
        // Components still to go, the next one last.
        var ahead = Array(path.bytes.split(separator: UInt8(ascii: "/")).reversed())
        var links = 0
        var count = 0
        while let name = ahead.popLast() {
            count += 1
            guard count <= Self.stepLimit else { throw Self.circle(member) }
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                if steps.count > 1 { steps.removeLast() } else { noteLinkAboveRoot(member) }
                continue
            }
            let place = steps.last?.directory.map { MemberKey(directory: $0, name: Array(name)) }
            guard let next = place.flatMap(members.inode) else {
                steps.append(Step(name: name, directory: nil))
                continue
            }
            switch inodes[next].body {
            case .directory:
                steps.append(Step(name: name, directory: next))
            case .leaf(.symlink(let target), _):
                links += 1
                guard links <= Self.linkLimit else { throw Self.circle(member) }
                if target.first == UInt8(ascii: "/") { steps.removeLast(steps.count - 1) }
                ahead.append(contentsOf: target.split(separator: UInt8(ascii: "/")).reversed())
            case .pendingLink:
                throw LayerError(
                    .refused("\"\(Printable.text(name))\" on the way is a hard link to a lower layer"),
                    entry: member
                )
            case .leaf:
                throw Self.belowFile(member, name)
            }
        }
        return (steps, links)
    }

    /// Once for each member, whose ways may be several.
    private mutating func noteLinkAboveRoot(_ member: BytePath) {
        if lastAboveRoot == member { return }
        lastAboveRoot = member
        notes.warn(.linkAboveRoot, member.description)
    }

    private static func circle(_ member: BytePath) -> LayerError {
        LayerError(
            .refused("the symbolic links on the way are more than \(linkLimit), or lead in a circle"),
            entry: member
        )
    }

    private static func belowFile(_ member: BytePath, _ name: ArraySlice<UInt8>) -> LayerError {
        LayerError(.refused("\"\(Printable.text(name))\" on the way is not a directory"), entry: member)
    }
}
