package import CVMFS
package import OCI

/// What a conversion tells while it works.
package enum ConversionEvent: Sendable {
    /// A layer begins; its compressed bytes.
    case layerStarted(Digest, size: Int64)
    /// A layer is complete and verified; its compressed bytes, what of its content was new, and how long it took.
    case layerFinished(Digest, size: Int64, content: ContentStatistics, duration: Duration)
    /// The layer was in the repository already.
    case layerKnown(Digest, size: Int64)
    /// A new revision holds the image.
    case published(revision: UInt64)
    /// The thin image is at its registry.
    case pushed(ImageReference, Digest)
}
