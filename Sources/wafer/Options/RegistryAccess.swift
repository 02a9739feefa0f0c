import AsyncHTTPClient
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
        let http = HTTPClient(configuration: HTTPTransport.configuration())
        let result: Result<Value, any Error>
        do {
            let agent = "wafer/\(WaferVersion.number)"
            result = .success(try await body(RegistryClient(httpClient: http, userAgent: agent, logger: logger)))
        } catch {
            result = .failure(error)
        }
        do {
            try await http.shutdown()
        } catch {
            // What the command did counts; the process ends anyway.
            logger.debug("could not close the connections to registries", metadata: ["reason": "\(error)"])
        }
        return try result.get()
    }
}
