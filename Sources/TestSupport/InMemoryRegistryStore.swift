import OCI

/// What an ``InMemoryRegistry`` holds.
struct InMemoryRegistryStore: Sendable {
    /// A manifest as it was pushed.
    struct StoredManifest: Sendable {
        let bytes: [UInt8]
        let mediaType: String
        let digest: Digest
    }

    /// A piece of bytes, so many times: large blobs need no memory.
    struct StoredBlob: Sendable {
        let piece: [UInt8]
        let repetitions: Int
    }

    /// What a token allows.
    struct Grant: Sendable {
        let repository: String
        let actions: [String]
    }

    var faults: InMemoryRegistryFaults
    var requests: [InMemoryRegistryRequest] = []
    /// By `REPOSITORY:TAG` and `REPOSITORY@DIGEST`.
    var manifests: [String: StoredManifest] = [:]
    /// By digest: all repositories share them.
    var blobs: [String: StoredBlob] = [:]
    var uploads = 0
    var tokens: [String: Grant] = [:]
    var tokenCount = 0
    /// Users by the refresh tokens that they got.
    var refreshTokens: [String: String] = [:]

    mutating func put(_ manifest: StoredManifest, in repository: String, tag: String?) {
        manifests["\(repository)@\(manifest.digest)"] = manifest
        if let tag { manifests["\(repository):\(tag)"] = manifest }
    }

    func manifest(_ repository: String, _ reference: String) -> StoredManifest? {
        manifests["\(repository)\(reference.contains(":") ? "@" : ":")\(reference)"]
    }
}
