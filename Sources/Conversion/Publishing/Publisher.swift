package import Plumbing

/// What can put the layers of an image into a repository (docs/architecture.md, decision 11).
///
/// The contract: nothing of a session is visible before its ``PublishingSession/commit(_:)`` returns, and everything
/// is afterwards; a session that fails or is cancelled leaves the published revision as it was.
package protocol Publisher: Sendable {
    /// The repository's fully qualified name.
    var fqrn: String { get }

    /// Those of these paths that the newest revision has: small files with their bytes, directories with none.
    func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]]

    /// Bytes that may still be stored, nil where the place does not tell.
    func freeBytes() async throws -> Int64?

    /// Ends what a process of ours that is gone left open and that keeps others out; a session does so as well.
    func recover() async throws

    /// Runs `body` with a session.
    func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result
}

extension Publisher {
    /// Most leave nothing open.
    package func recover() async throws {}
}
