package import Plumbing

extension CatalogTree {
    /// A path with the links on its way followed inside the repository, and the last one too where that is wanted. What a
    /// client's configuration decides (`$(NAME:-usual)`) is as usual. A link that leads elsewhere or nowhere stays as it is.
    package func following(_ path: BytePath, last: Bool = true) throws -> BytePath {
        var way = BytePath()
        var ahead = Array(path.components.reversed())
        var links = 0
        while let name = ahead.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                guard let parent = way.parent else { return path }
                way = parent
                continue
            }
            let next = way.appending(name)
            guard last || !ahead.isEmpty, let row = try entry(at: next), row.type == .symlink,
                row.symlink.first != UInt8(ascii: "/")
            else {
                way = next
                continue
            }
            links += 1
            guard links <= Self.linkLimit else { return path }
            ahead += Self.usual(row.symlink).split(separator: UInt8(ascii: "/")).reversed().map(Array.init)
        }
        return try entry(at: way) == nil ? path : way
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

    /// Links followed for one path, as in Linux.
    private static var linkLimit: Int { 40 }
}
