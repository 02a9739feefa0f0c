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
    #expect(try await sandbox.faults(in: fqrn) == [])
}

/// The same beside a registry, with the reference of the image `app:1` there, which the registry has unless it is `empty`.
func withImage(
    in fqrn: String,
    empty: Bool = false,
    _ body: (Sandbox, InMemoryRegistry, String) async throws -> Void
) async throws {
    try await InMemoryRegistry.with { registry in
        try await withRepository(fqrn) { sandbox in
            if !empty { try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application]) }
            try await body(sandbox, registry, registry.reference("app:1"))
        }
    }
}

extension Sandbox {
    /// What the independent checker finds in a repository in the folder `srv`.
    func faults(in fqrn: String, afterCrash: Bool = false) async throws -> [String] {
        try await RepositoryChecker.faults(
            in: path.appending("srv"),
            fqrn: fqrn,
            keys: path.appending(".config/wafer/keys"),
            afterCrash: afterCrash
        )
    }

    /// Adds a desiderata that is not converted yet.
    func desire(_ input: String, in fqrn: String, _ options: String...) async throws {
        let outcome = try await wafer(["add-desiderata", "-i", input, "-r", fqrn, "--no-convert"] + options)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }
}
