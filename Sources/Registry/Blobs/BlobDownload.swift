import OCI

/// A download that may take several requests.
struct BlobDownload {
    let descriptor: Descriptor
    /// The bytes that the reader has.
    var offset: Int64 = 0
    /// Whether the source in use does not give parts as it should.
    var ignoresRanges = false

    /// A request that brought so much is no failure of the source: the attempts are counted anew after it.
    static let progress: Int64 = 1 << 20

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// What the reader threw: it is not the source's fault, and is not tried again.
    struct ReaderFailure: Error {
        let error: any Error
    }
}
