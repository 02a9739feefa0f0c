import CVMFS
package import OCI
package import Plumbing
import StockServer

/// What other programs left in a repository: DUCC, and OSG's `cvmfs-singularity-sync`.
package struct AdoptionSurvey: Sendable {
    /// An image that one of them published.
    package struct Image: Sendable, Equatable {
        /// Its name at its registry.
        package let reference: ImageReference
        /// Who made it.
        package let maker: AdoptedImages.Maker
        /// Whether a name leads to its tree.
        package let hasName: Bool
        /// Whether podman finds it.
        package let isForPodman: Bool
        /// What is not complete of it, each the rest of a sentence about it.
        package let faults: [String]
    }

    /// A layer that is not complete, and why: the rest of a sentence about it.
    package struct IncompleteLayer: Sendable, Equatable {
        /// The layer.
        package let digest: Digest
        /// What is wrong with it.
        package let fault: String
    }

    /// The revision that was looked at.
    package var revision: UInt64 = 0
    /// The images, in the order of their places.
    package var images: [Image] = []
    /// Folders of metadata and names of which nobody can tell what image they are of.
    package var unnamed: [BytePath] = []
    /// How many layers they made.
    package var layers = 0
    /// Those that are not complete, as far as that can be told without a download.
    package var incompleteLayers: [IncompleteLayer] = []
    /// How many root file systems they made.
    package var trees = 0
    /// How many names lead to these.
    package var names = 0
    /// How many chains DUCC keeps to make trees of: no client reads them.
    package var chains = 0
    /// How many images are in podman's store, whoever made them.
    package var podmanImages = 0
    /// How many images Wafer made.
    package var ownImages = 0

    /// Nothing.
    package init() {}

    /// Whether other programs left nothing.
    package var isEmpty: Bool { images.isEmpty && layers == 0 && trees == 0 && chains == 0 && unnamed.isEmpty }

    /// The images of which something is missing.
    package var incompleteImages: [Image] { images.filter { !$0.faults.isEmpty } }
}
