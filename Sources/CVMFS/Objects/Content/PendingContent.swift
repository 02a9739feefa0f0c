/// The content of a file whose objects are being written, or are there already.
package struct PendingContent: Sendable {
    private enum Source {
        /// The number of the file in its batch.
        case batch(ContentBatch, Int)
        /// Behind a reference, for hardly any content is, and layers hold millions of these.
        indirect case repository(StoredContent)
    }

    private let source: Source

    /// Content that lies in the repository.
    package init(stored content: StoredContent) {
        source = .repository(content)
    }

    init(_ number: Int, of batch: ContentBatch) {
        source = .batch(batch, number)
    }

    /// Where the content lies. Throws unless its batch is complete.
    package func stored() throws -> StoredContent {
        switch source {
        case .repository(let content): content
        case .batch(let batch, let number): try batch.stored(number)
        }
    }
}
