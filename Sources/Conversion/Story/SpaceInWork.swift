import Synchronization

/// The bytes that images on their way may add to repositories: one that is let in leaves less room for the next.
final class SpaceInWork: Sendable {
    private let bytes = Mutex<[String: Int64]>([:])

    /// Runs `body` for an image with so many bytes of new layers, where the repository has room for them and for those of the
    /// images that are on their way. Throws ``ConversionError`` where it has not, and what `body` throws.
    ///
    /// Compressed layers take about as much in a repository as in their registry; what is new of them turns out later.
    func during<Result>(
        _ new: Int64,
        in publisher: any Publisher,
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard new > 0 else { return try await body() }
        let fqrn = publisher.fqrn
        let all = bytes.withLock { bytes in
            bytes[fqrn, default: 0] += new
            return bytes[fqrn, default: 0]
        }
        defer { bytes.withLock { $0[fqrn, default: 0] -= new } }
        if let refusal = try await publisher.space().refusal(adding: all, to: fqrn) { throw ConversionError(refusal) }
        return try await body()
    }
}
