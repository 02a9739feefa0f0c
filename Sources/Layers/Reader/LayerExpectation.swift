package import OCI

/// What the image's manifest and configuration say about a layer.
package struct LayerExpectation: Sendable, Equatable {
    /// The digest of the bytes as the registry serves them.
    package let digest: Digest
    /// How many bytes those are.
    package let size: Int64
    /// The digest of the inflated tar, nil where nobody says it.
    package let diffID: Digest?

    /// Collects what a descriptor and the configuration's `rootfs.diff_ids` say.
    package init(digest: Digest, size: Int64, diffID: Digest?) {
        self.digest = digest
        self.size = size
        self.diffID = diffID
    }
}
