import Plumbing

/// Where a preparation puts its objects, and in which form.
struct ObjectWriting: Sendable {
    /// Where objects that are there already are looked up.
    let reader: any ObjectReader
    /// Notes in the journal what it writes.
    let writer: CountedWriter
    let staging: any ObjectStaging
    let index: ContentIndex
    let journal: Journal
    /// Where it is counted what the storage takes.
    let use: StorageUseFile
    let form: Form

    /// How objects are named, compressed and cut, and catalogs marked.
    struct Form: Sendable {
        let algorithm: HashAlgorithm
        let policy: CompressionPolicy
        /// Where large files are cut.
        let chunking: ChunkingStrategy
        let markers: MarkerForm
    }
}
