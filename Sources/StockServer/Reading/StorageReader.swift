package import CVMFS
package import Plumbing

/// Reads a repository from its storage on this machine, with every signature and hash.
package struct StorageReader: RevisionReader {
    private let repository: RepositoryReader

    /// A reader of an opened repository.
    package init(_ repository: RepositoryReader) {
        self.repository = repository
    }

    package func revision() throws -> UInt64 { try repository.published().manifest.revision }

    package func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        try repository.tree().contents(of: paths)
    }

    package func entries(_ paths: [BytePath]) throws -> [BytePath: FileNode] {
        let tree = try repository.tree()
        var entries: [BytePath: FileNode] = [:]
        for path in paths {
            guard let row = try tree.entry(at: path) else { continue }
            entries[path] = try row.node(at: path)
        }
        return entries
    }

    package func fingerprint(_ directory: BytePath) throws -> TreeFingerprint {
        var builder = try TreeFingerprint.Builder()
        try repository.tree().walk(directory) { path, entry in
            guard path.name != CatalogEntry.markerName, let relative = path.relative(to: directory) else { return }
            builder.add(relative, try entry.node(at: path))
        }
        return builder.finish()
    }

    package func files(named name: [UInt8], below directory: BytePath) throws -> [BytePath] {
        let tree = try repository.tree()
        guard try tree.entry(at: directory) != nil else { return [] }
        var files: [BytePath] = []
        try tree.walk(directory) { path, entry in
            if path.name == name, entry.type == .regular { files.append(path) }
        }
        return files
    }

    package func links(below directory: BytePath, entries limit: Int) throws -> [BytePath: [UInt8]] {
        let tree = try repository.tree()
        guard try tree.entry(at: directory) != nil else { return [:] }
        var links: [BytePath: [UInt8]] = [:]
        var entries = 0
        try tree.walk(directory) { path, entry in
            entries += 1
            if entries > limit { throw TooManyEntries(directory: directory, limit: limit) }
            if entry.type == .symlink { links[path] = entry.symlink }
        }
        return links
    }

    package func names(in directory: BytePath) throws -> [[UInt8]] {
        let tree = try repository.tree()
        guard try tree.entry(at: directory)?.isDirectory == true else { return [] }
        return try tree.entries(of: directory).map(\.name)
    }

    package func read(_ path: BytePath, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let tree = try repository.tree()
        try tree.store.readContent(try tree.content(of: path), body)
    }

    package func exists(_ path: BytePath) throws -> Bool { try repository.tree().entry(at: path) != nil }
}
