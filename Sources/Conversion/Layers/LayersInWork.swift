import OCI
import Plumbing
import Registry
import Synchronization

/// The layers that conversions of this process bring in just now: images that share some are not to download them twice.
final class LayersInWork: Sendable {
    /// A layer on its way from a registry into a repository. One of another registry is another one: who brings it does not
    /// wait for what may hang there.
    struct Layer: Hashable {
        let repository: String
        let registry: String
        let digest: Digest
    }

    private let latches = Mutex<[Layer: Latch]>([:])

    /// Does the work that brings these layers in. Nil, and nothing was done, where somebody else was at one of them: that
    /// has ended now, well or not. Throws what `body` throws, and `CancellationError`.
    func during<Value: Sendable>(
        _ layers: [Layer],
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value? {
        let own = Latch()
        let other = latches.withLock { latches -> Latch? in
            for layer in layers { if let other = latches[layer] { return other } }
            for layer in layers { latches[layer] = own }
            return nil
        }
        if let other {
            try await NetworkActivity.waiting { try await other.wait() }
            return nil
        }
        defer {
            latches.withLock { latches in for layer in layers { latches[layer] = nil } }
            own.open()
        }
        return try await body()
    }
}
