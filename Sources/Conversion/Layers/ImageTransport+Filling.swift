import OCI
import Plumbing
import Registry

extension ImageTransport {
    /// Writes a blob into a pipe, whose reader gets an error once it has read what came before. Throws that error, too.
    /// `advanced` hears how many bytes came so far.
    func fill(_ pipe: BytePipe, with blob: Descriptor, advanced: @Sendable (Int64) -> Void) async throws {
        var received: Int64 = 0
        do {
            try await streamBlob(blob) { chunk in
                try await pipe.write(chunk)
                received += Int64(chunk.count)
                advanced(received)
            }
            pipe.finish()
        } catch {
            pipe.finish(throwing: error)
            throw error
        }
    }
}
