package import Foundation
package import OCI
package import Plumbing

/// What a pruning of a repository removes, or would remove.
package struct PruningReport: Sendable, Equatable {
    /// An image that goes.
    package struct Image: Sendable, Equatable {
        /// The image.
        package let source: ImageSource
        /// When its last desiderata was removed.
        package let since: Date
    }

    /// The images, with since when each is unwanted.
    package var images: [Image] = []
    /// Layers that no image needs.
    package var layers: [Digest] = []
    /// Trees of images that gave way to others, by the digests of their configurations.
    package var trees: [Digest] = []
    /// Where DUCC kept chains, which go.
    package var chains: [BytePath] = []
    /// Trees of OSG's program that no name leads to.
    package var osgTrees: [BytePath] = []
    /// How many images and layers of DUCC's no image needs in podman's store.
    package var podmanEntries = 0
    /// What is of no use, but not yet for long enough.
    package var waiting = 0
    /// Directories among the layers that Wafer did not make: they stay.
    package var foreignLayers = 0
    /// Trees of no image, which links lead to all the same: they stay.
    package var linkedTrees: [BytePath] = []
    /// The revision without them; nil where there is nothing to remove, or nothing was to be.
    package var revision: UInt64?

    /// Nothing.
    package init() {}

    /// Whether nothing goes.
    package var isEmpty: Bool {
        images.isEmpty && layers.isEmpty && trees.isEmpty && chains.isEmpty && podmanEntries == 0 && osgTrees.isEmpty
    }
}
