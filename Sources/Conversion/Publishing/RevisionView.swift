package import CVMFS
package import Plumbing
import Synchronization

/// One revision of a repository, read once: its manifest, certificate and whitelist are verified when it is opened, and its
/// catalogs loaded when a path first asks for them.
///
/// May be asked from any thread; one at a time reads. Blocks.
package final class RevisionView: Sendable {
    /// The revision's number.
    package let revision: UInt64
    /// The file that says what is published.
    private let manifest: [UInt8]
    private let paths: Mutex<RevisionContents>

    /// Opens the published revision; what `earlier` has read of another one is not read again. Throws ``CVMFSError`` where it
    /// cannot be believed.
    package init(of repository: RepositoryReader, after earlier: RevisionView? = nil) throws {
        manifest = try Self.manifest(of: repository)
        let state = try repository.published()
        revision = state.manifest.revision
        let known = earlier?.paths.withLock { $0.known } ?? RevisionContents.KnownCatalogs()
        paths = Mutex(try RevisionContents(store: repository.store, root: state.manifest.root, known: known))
    }

    /// Whether it is what the repository publishes now.
    package func isCurrent(in repository: RepositoryReader) throws -> Bool {
        try Self.manifest(of: repository) == manifest
    }

    /// Those of these paths that it has: small files with their bytes, links with their
    /// targets, directories with none, as ``PodmanStore/lists``.
    package func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        try self.paths.withLock { revision in
            try PodmanStore.contents(paths, reading: revision.contents, exists: revision.exists)
        }
    }

    private static func manifest(of repository: RepositoryReader) throws -> [UInt8] {
        guard let bytes = try repository.store.readTopLevel(RepositoryManifest.fileName) else {
            throw CVMFSError(.notFound, "\(repository.store.location) holds no repository: it has no .cvmfspublished")
        }
        return bytes
    }
}
