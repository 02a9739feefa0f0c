import CVMFS
package import Plumbing
import StockServer

/// Who refers to what a removal takes away.
package struct RemovalReferrers: Sendable {
    /// The images of layers that go.
    package let images: [LayerReferrer]
    /// Where links lead to root file systems that go.
    package let links: [BytePath]

    /// Those of one revision. Throws ``CVMFS/CVMFSError`` where one of the paths does not exist. Blocks.
    static func to(_ paths: [BytePath], in reader: any RevisionReader) throws -> RemovalReferrers {
        for path in paths where try !reader.exists(path) {
            throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
        }
        let layers = paths.filter(LayerReferrer.isLayerPath)
        return RemovalReferrers(
            images: layers.isEmpty ? [] : try LayerReferrer.to(layers, in: reader),
            links: try TreeReferrers.to(paths, in: reader).links
        )
    }
}
