package import CVMFS
package import OCI

/// What a conversion tells while it works.
package enum ConversionEvent: Sendable {
    /// The image has another platform than the wanted one, and no index from which that could be taken.
    case platformDiffers(ImageSource, actual: Platform, wanted: Platform)
    /// So many layers will be read, of so many compressed bytes.
    case layersStarted(count: Int, size: Int64)
    /// The end of what ``layersStarted(count:size:)`` announced, well or not.
    case layersEnded
    /// A layer begins; its compressed bytes.
    case layerStarted(Digest, size: Int64)
    /// A layer is complete and verified; its compressed bytes, what of its content was new, and how long it took.
    case layerFinished(Digest, size: Int64, content: ContentStatistics, duration: Duration)
    /// So many of its compressed bytes have come.
    case layerAdvanced(Digest, received: Int64)
    /// A layer ends before it is complete; the error comes by itself.
    case layerStopped(Digest)
    /// A layer was compared with what the repository has.
    case layerCompared(Digest, size: Int64, duration: Duration)
    /// What the publisher cannot store of a layer.
    case layerLosses(Digest, [LayerLoss: Int])
    /// A layer that is replaced was as it is on the layers of another image, and will be as on those of this one.
    case layerRebased(Digest)
    /// The layer was in the repository already.
    case layerKnown(Digest, size: Int64)
    /// The layers were merged into a root file system of so many files and directories. `merging` is the part of the time in
    /// which rows were merged once, and nothing made of them.
    case treeAssembled(entries: Int, merging: Duration, duration: Duration)
    /// Something that was wanted of an image is not made of it.
    case notMade(String)
    /// A new revision holds the image.
    case published(revision: UInt64)
    /// The registry takes no Docker manifests: the thin image goes there in OCI form.
    case dockerFormRefused(ImageReference)
    /// The thin image is at its registry.
    case pushed(ImageReference, Digest)
}
