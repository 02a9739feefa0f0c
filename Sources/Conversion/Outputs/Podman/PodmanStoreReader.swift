package import CVMFS
package import Plumbing
import StockServer

/// What reads a repository for a ``PodmanStoreCheck``.
package struct PodmanStoreReader {
    /// What is at a path, nil where there is nothing.
    private let kindAt: (BytePath) throws -> FileNode.Kind?
    private let bytesAt: (BytePath) throws -> [UInt8]?
    private let namesIn: (BytePath) throws -> [[UInt8]]

    /// Reads with closures: what is at a path, and the bytes of a regular file; nil where there is nothing. And the names in
    /// a directory, in any order; none where there is no such directory.
    package init(
        kind: @escaping (BytePath) throws -> FileNode.Kind?,
        bytes: @escaping (BytePath) throws -> [UInt8]?,
        names: @escaping (BytePath) throws -> [[UInt8]]
    ) {
        kindAt = kind
        bytesAt = bytes
        namesIn = names
    }

    /// Reads a tree, as it is published or as a transaction has made it so far.
    package init(_ tree: CatalogTree) {
        self.init(
            kind: { path in try tree.entry(at: path)?.node(at: path).kind },
            bytes: { try tree.readFile($0, limit: Self.limit) },
            names: { directory in
                guard try tree.entry(at: directory)?.isDirectory == true else { return [] }
                return try tree.entries(of: directory).map(\.name)
            }
        )
    }

    /// Reads what a repository publishes.
    init(_ reader: any RevisionReader) {
        self.init(
            kind: { try reader.entries([$0])[$0]?.kind },
            bytes: { try reader.contents([$0])[$0] },
            names: { try reader.names(in: $0) }
        )
    }

    /// Lists of 100,000 images are shorter.
    private static let limit = 128 << 20

    /// What is at a path, links not followed.
    func kind(_ path: BytePath) throws -> FileNode.Kind? { try kindAt(path) }

    /// The bytes of a regular file, nil where there is none.
    func bytes(_ path: BytePath) throws -> [UInt8]? {
        guard case .file = try kindAt(path) else { return nil }
        return try bytesAt(path)
    }

    /// The bytes of an image's data, nil where there is no regular file. DUCC has links there, and podman follows them.
    func data(_ path: BytePath) throws -> [UInt8]? {
        try destination(path).flatMap { try bytes($0.path) }
    }

    /// The names in a directory, but for markers of catalogs; none where there is no such directory.
    func names(_ directory: BytePath) throws -> [[UInt8]] {
        try namesIn(directory).filter { $0 != CatalogEntry.markerName }
    }

    /// Whether there is a regular file.
    func isFile(_ path: BytePath) throws -> Bool { try kindAt(path)?.type == .regular }

    /// Where a path leads, with links followed, and what is there: nil where it leads to nothing or out of the repository.
    func destination(_ path: BytePath) throws -> (path: BytePath, kind: FileNode.Kind)? {
        let follower = LinkFollower { path in
            guard let kind = try kindAt(path) else { return nil }
            if case .symlink(let target) = kind { return .link(target) }
            return .other
        }
        guard let end = try follower.end(of: path), let kind = try kindAt(end) else { return nil }
        return (end, kind)
    }

    /// Where a link at a path leads by its text; nil where that is out of the repository.
    static func joined(_ link: BytePath, _ target: [UInt8]) -> BytePath? {
        let slash = UInt8(ascii: "/")
        guard !target.isEmpty, target.first != slash else { return nil }
        var components = Array(link.components.dropLast())
        for name in target.split(separator: slash) where !name.elementsEqual(".".utf8) {
            if name.elementsEqual("..".utf8) {
                guard components.popLast() != nil else { return nil }
            } else {
                components.append(Array(name))
            }
        }
        return BytePath(components: components)
    }
}
