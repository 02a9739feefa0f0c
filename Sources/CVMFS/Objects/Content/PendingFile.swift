/// A file whose pieces go to the workers.
struct PendingFile: Sendable {
    let batch: ContentBatch
    let number: Int
    /// What its pieces become.
    let kind: ObjectKind
    /// What all pieces must have, nil where the only one may choose.
    let compression: ObjectCompression?

    init(in batch: ContentBatch, size: Int64, _ kind: ObjectKind, _ compression: ObjectCompression?) {
        self.batch = batch
        self.kind = kind
        self.compression = compression
        number = batch.add(size: size, isChunked: kind == .chunk)
    }

    /// What it will be.
    var content: PendingContent { PendingContent(number, of: batch) }
}
