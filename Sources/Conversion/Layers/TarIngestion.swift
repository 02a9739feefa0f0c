package import CVMFS
import Foundation
package import Layers
package import Plumbing
package import SystemPackage

/// Publishes a tar archive as a subtree with a catalog of its own, as one revision: what `cvmfs_server ingest -c` does,
/// without unpacking anything.
package struct TarIngestion: Sendable {
    private let publisher: any Publisher
    private let limits: LayerLimits

    private static let pipeCapacity = 8 << 20
    private static let pieceSize = 256 << 10

    /// An ingestion into a repository.
    package init(_ publisher: any Publisher, limits: LayerLimits) {
        self.publisher = publisher
        self.limits = limits
    }

    /// Publishes the archive, compressed or not, that `file` gives. An existing path is replaced only on request.
    ///
    /// Throws `CVMFSError`, `LayerError` and ``ConversionError``; the published revision is then as it was.
    package func ingest(
        _ file: FileDescriptor,
        at path: BytePath,
        replacing: Bool
    ) async throws -> (layer: IngestedLayer, outcome: CommitOutcome) {
        guard !path.isRoot else {
            throw ConversionError("the root of a repository cannot be replaced: name a path in it")
        }
        if !replacing, try await publisher.contents([path])[path] != nil {
            throw ConversionError(
                "\(path.absolute) is in \(publisher.fqrn) already: name another path, or replace it with --replace"
            )
        }
        return try await publisher.withSession { session in
            let pipe = BytePipe(capacity: Self.pipeCapacity)
            async let reading: Void = onDedicatedThread("read the archive") { Self.fill(pipe, from: file) }
            var layer = try await session.ingest(nil, limits: limits, at: path, over: .nothing, from: pipe)
            try await reading
            let edit = TreeEdit(path, .attach(replacing: replacing))
            let outcome = try await session.commit([edit], requiring: [path])
            layer.losses.merge(session.losses(at: path)) { max($0, $1) }
            return (layer, outcome)
        }
    }

    /// Runs on a thread of its own; a reader that gave up ends it.
    private static func fill(_ pipe: BytePipe, from file: FileDescriptor) {
        do {
            while true {
                let piece = try [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if piece.isEmpty { return pipe.finish() }
                try pipe.writeBlocking(piece)
            }
        } catch {
            pipe.finish(throwing: error)
        }
    }
}
