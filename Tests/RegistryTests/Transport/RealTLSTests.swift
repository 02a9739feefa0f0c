import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

/// Docker's registry server with a password file and TLS, its certificate from a private authority.
@Suite(.timeLimit(.minutes(5))) struct RealTLSTests {
    private static let user = RealRegistry.User(name: "ann", password: "s3cret:word")

    private func with(
        trusting isTrusted: Bool,
        _ body: (RealRegistry, RegistryClient, RegistryCredentials) async throws -> Void
    ) async throws {
        try await RealRegistry.with(user: Self.user, hasTLS: true) { registry in
            var settings = NetworkSettings()
            settings.retries = .never
            if isTrusted, let authority = registry.authority { settings.hosts.authorities = [authority.string] }
            let user = RegistryCredentials(host: registry.host, username: "ann", password: Self.user.password)
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                client in
                try await body(registry, client, user)
            }
        }
    }

    @Test func pushesAndPulls() async throws {
        try await with(trusting: true) { registry, client, user in
            let reference = try ImageReference(parsing: registry.reference("a/b:1"))
            #expect(reference.scheme == .https)
            let bytes = Fixture.bytes(100_000)
            let digest = try Digest.sha256(of: bytes)
            #expect(try await client.push(blob: bytes, digest: digest, to: reference, credentials: user))
            let blob = Descriptor(mediaType: .dockerLayer, digest: digest, size: Int64(bytes.count))
            #expect(try await client.blob(blob, of: reference, credentials: user) == bytes)
            #expect(try await client.login(to: reference, repository: nil, credentials: user).scheme == "basic")
            #expect(try await client.refreshToken(at: reference, credentials: user) == nil)
            let wrong = RegistryCredentials(host: registry.host, username: "ann", password: "guessed-password")
            await expect(.unauthorized, "check the password of ann") {
                try await client.login(to: reference, repository: nil, credentials: wrong)
            }
        }
    }

    @Test func whatNobodyTrustsGetsNothing() async throws {
        try await with(trusting: false) { registry, client, user in
            let reference = try ImageReference(parsing: registry.reference("a/b:1"))
            await expect(.untrusted, "does not trust its certificate") {
                try await client.manifest(reference, credentials: user)
            }
        }
    }
}
