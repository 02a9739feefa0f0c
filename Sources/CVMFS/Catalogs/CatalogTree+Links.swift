package import Plumbing

extension CatalogTree {
    /// A path with the links on its way followed inside the repository, and the last one too where that is wanted. What a
    /// client's configuration decides (`$(NAME:-usual)`) is as usual. A link that leads elsewhere or nowhere stays as it is.
    package func following(_ path: BytePath, last: Bool = true) throws -> BytePath {
        let follower = LinkFollower { path in
            try self.entry(at: path).map { $0.type == .symlink ? .link(Self.usual($0.symlink)) : .other }
        }
        return try follower.end(of: path, last: last) ?? (last ? follower.end(of: path, last: false) : nil) ?? path
    }

    /// The same, where the last link is followed only if it leads to a directory.
    package func directory(_ path: BytePath) throws -> BytePath {
        let followed = try following(path)
        return try entry(at: followed)?.isDirectory == true ? followed : following(path, last: false)
    }

    /// A link's target as a client without a configuration of its own has it
    /// (https://cvmfs.readthedocs.io/en/stable/cpt-repo.html#variant-symlinks).
    private static func usual(_ target: [UInt8]) -> [UInt8] {
        let text = String(decoding: target, as: UTF8.self)
        guard text.contains("$(") else { return target }
        return Array(text.replacing(/\$\([A-Za-z0-9_]+(?::-([^)]*))?\)/) { $0.1 ?? "" }.utf8)
    }
}
