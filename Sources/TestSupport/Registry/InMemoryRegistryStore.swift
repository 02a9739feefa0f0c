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

    /// What a token allows: actions by repository.
    typealias Grant = [String: Set<String>]

    var faults: InMemoryRegistryFaults
    var requests: [InMemoryRegistryRequest] = []
    /// By `REPOSITORY:TAG` and `REPOSITORY@DIGEST`.
    var manifests: [String: StoredManifest] = [:]
    /// By digest: all repositories share them.
    var blobs: [String: StoredBlob] = [:]
    /// The repositories that a blob was pushed to or mounted in, by digest.
    var homes: [String: Set<String>] = [:]
    var uploads = 0
    /// What the upload sessions have, by the last part of their path.
    var sessions: [String: [UInt8]] = [:]
    var tokens: [String: Grant] = [:]
    var tokenCount = 0
    /// Users by the refresh tokens that they got.
    var refreshTokens: [String: String] = [:]

    /// The tags of a repository in the order that the specification wants.
    func tags(_ repository: String) -> [String] {
        manifests.keys.filter { $0.hasPrefix("\(repository):") }.map { String($0.dropFirst(repository.count + 1)) }
            .sorted()
    }

    func has(_ digest: String, in repository: String) -> Bool {
        guard blobs[digest] != nil else { return false }
        return !faults.separatesRepositories || homes[digest]?.contains(repository) == true
    }

    mutating func put(_ manifest: StoredManifest, in repository: String, tag: String?) {
        manifests["\(repository)@\(manifest.digest)"] = manifest
        if let tag { manifests["\(repository):\(tag)"] = manifest }
    }

    func manifest(_ repository: String, _ reference: String) -> StoredManifest? {
        manifests["\(repository)\(reference.contains(":") ? "@" : ":")\(reference)"]
    }
}
