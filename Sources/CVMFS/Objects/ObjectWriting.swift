import Plumbing

/// Where a preparation puts its objects, and in which form.
struct ObjectWriting: Sendable {
    let store: any ObjectStore
    let index: ContentIndex
    let journal: Journal
    let algorithm: HashAlgorithm
    let policy: CompressionPolicy
    /// Where large files are cut.
    let chunking: ChunkingStrategy
}
