import SystemPackage
import TestSupport
import Testing

/// Runs a test with a new repository in the folder `srv` of a sandbox; afterwards the independent checker must find no
/// fault in it.
func withRepository(
    _ fqrn: String,
    _ sandbox: @autoclosure () throws -> Sandbox = try Sandbox(),
    _ body: (Sandbox) async throws -> Void
) async throws {
    let sandbox = try sandbox()
    try await sandbox.succeed("init")
    try await sandbox.succeed("repository", "create", fqrn, "--storage", "srv")
    try await body(sandbox)
    let faults = try await RepositoryChecker.faults(
        in: sandbox.path.appending("srv"),
        fqrn: fqrn,
        keys: sandbox.path.appending(".config/wafer/keys")
    )
    #expect(faults == [])
}
