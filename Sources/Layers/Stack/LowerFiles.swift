package import Plumbing

/// What the layers below one make together: asked by the last step of ``LayerTree``.
///
/// Paths are those of the image; no link on the way is followed.
package protocol LowerFiles<Content> {
    associatedtype Content: Sendable

    /// The file that a container sees at a path; nil where none of the layers has it, or it is deleted.
    func file(at path: BytePath) throws -> LowerFile?

    /// The names that a container sees in a directory, in any order; none where the path is no directory.
    func names(in directory: BytePath) throws -> [[UInt8]]

    /// The content of a regular file that ``file(at:)`` gave.
    func content(of file: LowerFile, at path: BytePath) throws -> Content
}

/// A file of a lower layer.
package struct LowerFile: Sendable, Equatable {
    /// What it is.
    package let node: FileNode
    /// The position of its layer in the image, from the bottom.
    package let layer: Int

    /// A file.
    package init(_ node: FileNode, layer: Int) {
        self.node = node
        self.layer = layer
    }
}

extension LowerFiles {
    /// The file at a path, links on the way followed within the root, and the last one too where that is wanted; nil where
    /// there is none, or the links go on for ever.
    package func resolve(_ path: BytePath, followingLast: Bool) throws -> (file: LowerFile, path: BytePath)? {
        guard let root = try file(at: BytePath()) else { return nil }
        // The way so far, and the components still to go, the next one last. What is missing may be left by `..` again.
        var way: [(path: BytePath, file: LowerFile?)] = []
        var ahead = Array(path.components.reversed())
        var links = 0
        while let name = ahead.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                _ = way.popLast()
                continue
            }
            let next = (way.last?.path ?? BytePath()).appending(name)
            guard next.bytes.count <= Self.pathLimit else { return nil }
            let found = try self.file(at: next)
            if case .symlink(let target)? = found?.node.kind, followingLast || !ahead.isEmpty {
                links += 1
                guard links <= Self.linkLimit else { return nil }
                if target.first == UInt8(ascii: "/") { way = [] }
                ahead.append(contentsOf: target.split(separator: UInt8(ascii: "/")).reversed().map(Array.init))
                continue
            }
            way.append((next, found))
        }
        guard let last = way.last else { return (root, BytePath()) }
        return last.file.map { ($0, last.path) }
    }

    /// Links followed for one path, as in Linux.
    private static var linkLimit: Int { 40 }
    private static var pathLimit: Int { 4096 }
}

/// What stands below the first layer of an image, and below an archive that belongs to none.
package struct NothingBelow<Content: Sendable>: LowerFiles {
    /// Nothing.
    package init() {}

    package func file(at path: BytePath) -> LowerFile? { nil }

    package func names(in directory: BytePath) -> [[UInt8]] { [] }

    package func content(of file: LowerFile, at path: BytePath) throws -> Content {
        throw LayerError(.refused("nothing lies below this layer"), entry: path)
    }
}
