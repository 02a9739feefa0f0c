import Foundation
import Layers
import OCI
import Plumbing
import SystemPackage

/// A layer that was read to its end and found to be what the image says, its content on this machine's disk.
struct SpoolingLayer: Sendable {
    let file: FilePath
    let spool: SpoolFile
    let tree: UnfinishedTree<SpooledContent>
    let summary: LayerSummary

    /// Reads a layer. Throws where it is not exactly what `expectation` says, and then leaves no file.
    init(_ expectation: LayerExpectation?, limits: LayerLimits, from pipe: BytePipe, to file: FilePath) throws {
        self.file = file
        do {
            let reader = try LayerReader(expecting: expectation, limits: limits, policy: LayerIngestion.policy) {
                try pipe.read()
            }
            var spool = try SpoolFile(file)
            var tree = LayerTree<SpooledContent>(limits: limits)
            while let entry = try reader.next() {
                guard let size = entry.contentSize else {
                    try tree.add(entry, content: nil)
                    continue
                }
                let offset = spool.count
                try reader.readContent { try spool.write($0) }
                try tree.add(entry, content: SpooledContent(offset: offset, size: size))
            }
            try spool.finish()
            self.spool = spool
            self.tree = UnfinishedTree(tree)
            summary = try reader.summary
        } catch {
            Self.remove(file)
            throw error
        }
    }

    /// Removes the file.
    func remove() { Self.remove(file) }

    private static func remove(_ file: FilePath) {
        // Another error is on its way and says more; what stays goes with the session's folder.
        try? FileManager.default.removeItem(atPath: file.string)
    }
}
