import Conversion
import Logging
import Registry

/// The process's one way to registries.
enum RegistryAccess {
    /// Runs `body` with a client, and closes its connections afterwards.
    static func with<Value: Sendable>(
        _ logger: Logger,
        _ body: (RegistryClient) async throws -> Value
    ) async throws -> Value {
        try await RegistryClient.with(userAgent: "wafer/\(WaferVersion.number)", logger: logger, body)
    }
}
