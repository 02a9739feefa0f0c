package import Plumbing

extension CatalogTree {
    /// A path with the links on its way followed inside the repository, and the last one too where that is wanted. A link that
    /// leads elsewhere, nowhere, or into the configuration of clients (`$(…)`) stays as it is.
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
                row.symlink.first != UInt8(ascii: "/"), !row.symlink.contains(UInt8(ascii: "$"))
            else {
                way = next
                continue
            }
            links += 1
            guard links <= Self.linkLimit else { return path }
            ahead += row.symlink.split(separator: UInt8(ascii: "/")).reversed().map(Array.init)
        }
        return try entry(at: way) == nil ? path : way
    }

    /// Links followed for one path, as in Linux.
    private static var linkLimit: Int { 40 }
}
