import CVMFS
import Layers
import Plumbing
import StockServer

/// A subtree that one ingestion of `cvmfs_server` brings into a repository: a layer, or a tree of them.
protocol ArchivedSubtree: Sendable {
    /// Where it lies in the repository.
    var root: BytePath { get }

    /// Its devices, FIFOs and whiteouts, as what is lost where somebody drops them.
    var specialFiles: [LayerLoss: Int] { get }

    /// What the repository must show of it afterwards.
    func fingerprint() throws -> TreeFingerprint

    /// Writes its members, and the markers by which `cvmfs_server` makes catalogs.
    func write(to archive: TarStreamWriter) throws
}

extension SpooledLayer: ArchivedSubtree {}
