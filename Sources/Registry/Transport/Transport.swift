/// One way to send a request; the next one is wrapped by it (redirects around the network, authentication around both).
///
/// Answers of any status are answers. Throws ``RegistryError`` where none came, and `CancellationError`.
package protocol Transport: Sendable {
    /// Sends a request and returns the head of the answer, with a body to be read.
    func send(_ request: RegistryRequest) async throws -> RegistryResponse
}
