import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// Requests that name no user, and the credentials around the process.
@Suite(.timeLimit(.minutes(5))) struct AmbientLoginTests {
    private func variables(_ host: String, password: String = "pw") -> [String: String] {
        ["WAFER_REGISTRY_T_HOST": host, "WAFER_REGISTRY_T_USER": "ann", "WAFER_REGISTRY_T_PASSWORD": password]
    }

    private func with(
        _ access: InMemoryRegistryAccess,
        _ variables: (String) -> [String: String],
        _ body: (InMemoryRegistry, RegistryClient, ImageReference) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(access) { registry in
            try registry.addImage("a", tag: "1", layers: [.tar([1])])
            let ambient = CredentialProvider(environment: variables(registry.host))
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, ambient: ambient) { client in
                try await body(registry, client, try ImageReference(parsing: registry.reference("a:1")))
            }
        }
    }

    @Test(arguments: [.basic(["ann": "pw"]), .token(["ann": "pw"])] as [InMemoryRegistryAccess])
    func logsIn(access: InMemoryRegistryAccess) async throws {
        try await with(access, { variables($0) }) { registry, client, reference in
            for _ in 0..<2 {
                _ = try await client.resolve(reference, platform: .linuxAMD64, credentials: nil)
            }
            let report = try await client.login(to: reference, repository: "a", credentials: nil)
            #expect(report.user?.source == "WAFER_REGISTRY_T_…")
            #expect(registry.requests.filter { $0.header("Authorization") == nil }.count == 1)
        }
    }

    @Test func whoIsNamedComesFirst() async throws {
        try await with(.basic(["bob": "pw2"]), { variables($0) }) { registry, client, reference in
            let bob = RegistryCredentials(host: registry.host, username: "bob", password: "pw2")
            _ = try await client.manifest(reference, credentials: bob)
            await expect(.unauthorized, "check the credentials of ann in WAFER_REGISTRY_T_…") {
                try await client.manifest(reference, credentials: nil)
            }
        }
    }

    @Test func anOpenRegistryDoesNotMakeAnybodyLook() async throws {
        // Whoever looked would find that the password is missing.
        try await with(.open, { ["WAFER_REGISTRY_T_HOST": $0] }) { _, client, reference in
            _ = try await client.manifest(reference, credentials: nil)
        }
        try await with(.basic([:]), { ["WAFER_REGISTRY_T_HOST": $0] }) { _, client, reference in
            await expect(.unusableCredentials, "WAFER_REGISTRY_T_PASSWORD is missing") {
                try await client.manifest(reference, credentials: nil)
            }
        }
    }

    @Test func anotherRegistryDoesNotGetThem() async throws {
        try await with(.basic(["ann": "pw"]), { _ in variables("127.0.0.1:1") }) { registry, client, reference in
            await expect(.unauthorized, "add credentials with") {
                try await client.manifest(reference, credentials: nil)
            }
            #expect(registry.requests.allSatisfy { $0.header("Authorization") == nil })
        }
    }

    @Test func whoMayNotPushIsNamed() async throws {
        var faults = InMemoryRegistryFaults()
        faults.manifestStatus = 403
        try await with(.basic(["ann": "pw"]), { variables($0) }) { registry, client, reference in
            registry.faults = faults
            await expect(.denied, "ann needs the right to pull") {
                try await client.manifest(reference, credentials: nil)
            }
        }
    }
}
