import Plumbing

/// Small bodies, in memory.
extension RegistryClient {
    /// The whole body of an answer of at most `limit` bytes.
    func body(
        of response: RegistryResponse,
        _ request: RegistryRequest,
        limit: Int,
        name: String
    ) async throws -> [UInt8] {
        let tooLarge = RegistryError(
            .tooLarge,
            request.purpose,
            detail: "the \(name) is larger than the \(limit >> 20) MiB that this program takes"
        )
        if let length = response.contentLength, length > limit { throw tooLarge }
        var bytes: [UInt8] = []
        try await response.forEachChunk(fault: { RegistryError.network($0, request) }) { chunk in
            guard bytes.count + chunk.count <= limit else { throw tooLarge }
            bytes += chunk
        }
        return bytes
    }
}
