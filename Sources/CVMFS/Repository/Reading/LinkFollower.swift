package import Plumbing

/// Follows symbolic links inside a repository, as Linux does.
package struct LinkFollower {
    /// What is at a path, no link followed.
    package enum Entry: Sendable, Equatable {
        /// A symbolic link to these bytes.
        case link([UInt8])
        /// Something else.
        case other
    }

    private let entry: (BytePath) throws -> Entry?

    /// Asks `entry` what is at a path; nil for nothing.
    package init(_ entry: @escaping (BytePath) throws -> Entry?) {
        self.entry = entry
    }

    /// Where a path leads, links on the way followed, and the last one too where that is wanted; nil where it leads to nothing,
    /// out of the repository or in a circle. Throws what asking throws.
    package func end(of path: BytePath, last: Bool = true) throws -> BytePath? {
        try end(from: BytePath(), Array(path.components.reversed()), last: last, links: 0)
    }

    /// Where a link leads that is at a path, by its target. Throws what asking throws.
    package func end(ofLink link: BytePath, to target: [UInt8]) throws -> BytePath? {
        guard let ahead = Self.way(target) else { return nil }
        return try end(from: link.parent ?? BytePath(), ahead, last: true, links: 1)
    }

    /// `ahead` are the components still to go, the next one last.
    private func end(from start: BytePath, _ ahead: [[UInt8]], last: Bool, links: Int) throws -> BytePath? {
        var (way, ahead, links) = (start, ahead, links)
        while let name = ahead.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                guard let parent = way.parent else { return nil }
                way = parent
                continue
            }
            let next = way.appending(name)
            guard let found = try entry(next) else { return nil }
            guard case .link(let target) = found, last || !ahead.isEmpty else {
                way = next
                continue
            }
            links += 1
            guard links <= Self.linkLimit, let more = Self.way(target) else { return nil }
            ahead += more
        }
        return way
    }

    /// The components of a link's target, the first one last; nil where it leads out of the repository, or nowhere.
    private static func way(_ target: [UInt8]) -> [[UInt8]]? {
        let slash = UInt8(ascii: "/")
        guard let first = target.first, first != slash else { return nil }
        return target.split(separator: slash).reversed().map(Array.init)
    }

    /// Links followed for one path, as in Linux.
    private static let linkLimit = 40
}
