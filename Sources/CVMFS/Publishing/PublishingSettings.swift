package import Plumbing

/// What a repository's owner decided about how it is written.
package struct PublishingSettings: Sendable, Equatable {
    /// How new objects are compressed.
    package var compression: CompressionPolicy
    /// Where large files are cut.
    package var chunking: ChunkingStrategy
    /// When a subtree gets more than one catalog.
    package var limits: CatalogLimits
    /// Seconds that clients trust a revision; nil keeps what the repository has.
    package var timeToLive: UInt32?
    /// Whether the repository is marked as one whose old revisions may be collected; false keeps what it has.
    package var collectsGarbage: Bool
    /// Whether each revision gets a tag of its own.
    package var autoTags: AutoTags?
    /// What becomes of hard links within a directory.
    package var hardLinks = HardLinkForm.keep
    /// Whether clients show the markers of nested catalogs.
    package var markers = MarkerForm.visible
    /// The most bytes that its objects may take; nil for any number.
    package var quota: Int64?

    /// The settings; without arguments those of a repository that nobody configured.
    package init(
        compression: CompressionPolicy = .balanced,
        chunking: ChunkingStrategy = .contentDefined,
        limits: CatalogLimits = .standard,
        timeToLive: UInt32? = nil,
        collectsGarbage: Bool = false,
        autoTags: AutoTags? = nil
    ) {
        self.compression = compression
        self.chunking = chunking
        self.limits = limits
        self.timeToLive = timeToLive
        self.collectsGarbage = collectsGarbage
        self.autoTags = autoTags
    }
}
