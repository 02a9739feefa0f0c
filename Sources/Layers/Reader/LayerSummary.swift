package import OCI

/// What a layer was, once all of it was read and compared.
package struct LayerSummary: Sendable, Equatable {
    /// The digest of the compressed bytes.
    package let digest: Digest
    /// The digest of the inflated tar, with the algorithm of the expected one or SHA-256.
    package let diffID: Digest
    /// The number of compressed bytes.
    package let compressedSize: Int64
    /// The number of inflated bytes, padding included, holes not.
    package let uncompressedSize: Int64
    /// How many entries were handed out.
    package let entries: Int
    /// What was left out, changed or is worth a line.
    package private(set) var notes: LayerNotes

    /// The same with what turned out when all members were known.
    package func adding(_ more: LayerNotes) -> LayerSummary {
        var sum = self
        sum.notes.merge(more)
        return sum
    }
}
