import Plumbing

/// Files of this layer that a hard link names by where a lower layer's link leads: `bin/x` over a lower `bin → usr/bin` is
/// `usr/bin/x` for who unpacks one layer upon the other, and lies in the layer's own `bin`, which no member names.
extension LayerTree {
    /// The layer's directories over links of lower layers, by where these lead.
    func directoriesOverLinks(of lower: some LowerFiles<Content>) throws -> [BytePath: [Inode.ID]] {
        var directories: [BytePath: [Inode.ID]] = [:]
        for own in implicitDirectories() where !own.path.isRoot {
            guard case .symlink? = try lower.file(at: own.path)?.node.kind else { continue }
            directories[try Self.end(of: own.path, in: lower), default: []].append(own.inode)
        }
        return directories
    }

    /// The file at a place of lower layers that lies in one of these directories; nil where none has it.
    func file(
        at place: Inode.LowerPlace,
        in directories: [BytePath: [Inode.ID]],
        over lower: some LowerFiles<Content>
    ) throws -> Inode.ID? {
        guard !directories.isEmpty, let parent = place.path.parent else { return nil }
        let wanted = try Self.end(of: parent, in: lower)
        for directory in ([BytePath()] + wanted.ancestors + [wanted]).reversed() {
            guard let owns = directories[directory], let rest = wanted.relative(to: directory) else { continue }
            for own in owns {
                var found: Inode.ID? = own
                for name in rest.components + [place.path.name] {
                    found = found.flatMap { members.inode(MemberKey(directory: $0, name: name)) }
                }
                if let found { return found }
            }
        }
        return nil
    }

    /// Where the links of lower layers on the way to a directory lead; what is missing there has no links.
    private static func end(of directory: BytePath, in lower: some LowerFiles<Content>) throws -> BytePath {
        var known = directory
        while !known.isRoot {
            if let found = try lower.resolve(known, followingLast: true), found.file.node.kind == .directory {
                return directory.relative(to: known).map(found.path.appending) ?? directory
            }
            known = known.parent ?? BytePath()
        }
        return directory
    }
}
