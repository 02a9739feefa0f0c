import OCI
import Synchronization

/// Repositories that have a blob, by registry: another repository of the same registry can mount it from there.
final class KnownBlobs: Sendable {
    private struct Key: Hashable {
        let host: String
        let digest: Digest
    }

    /// A process that pushes more blobs than this begins anew.
    private static let limit = 4_096
    private let repositories = Mutex<[Key: String]>([:])

    func repository(with digest: Digest, like reference: ImageReference) -> String? {
        let key = Key(host: reference.canonicalHost, digest: digest)
        guard let known = repositories.withLock({ $0[key] }), known != reference.repository else { return nil }
        return known
    }

    func add(_ digest: Digest, in reference: ImageReference) {
        let key = Key(host: reference.canonicalHost, digest: digest)
        repositories.withLock { repositories in
            if repositories.count >= Self.limit { repositories.removeAll() }
            repositories[key] = reference.repository
        }
    }
}
