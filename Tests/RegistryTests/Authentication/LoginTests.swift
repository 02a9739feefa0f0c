import OCI
import Registry
import TestSupport
import Testing

/// Logging in over the network, with what registries really ask for.
@Suite(.timeLimit(.minutes(5))) struct LoginTests {
    private static let users = ["ann": "pass:word ü"]

    @Test(
        arguments: [
            .basic(users), .token(users), .token(users, lifetime: 300), .token(users, anonymousPull: true),
        ] as [InMemoryRegistryAccess]
    )
    func userPullsAndPushes(access: InMemoryRegistryAccess) async throws {
        try await Fixture.with(access) { fixture in
            let user = fixture.user("ann", "pass:word ü")
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let resolved = try await fixture.client.resolve(
                fixture.reference("a:1"),
                platform: .linuxAMD64,
                credentials: user
            )
            #expect(resolved.manifestDigest == image.digest)
            let bytes = Fixture.bytes(100)
            #expect(
                try await fixture.client.push(
                    blob: bytes,
                    digest: .sha256(of: bytes),
                    to: fixture.reference("b:1"),
                    credentials: user
                )
            )
            #expect(fixture.registry.blob(try .sha256(of: bytes)) == bytes)
        }
    }

    @Test func anonymousUserMayPullNotPush() async throws {
        try await Fixture.with(.token(Self.users, anonymousPull: true)) { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let reference = try fixture.reference("a:1")
            _ = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
            // One token for the manifest and the configuration.
            #expect(fixture.registry.requests.filter { $0.path == "/token" }.count == 1)
            await expect(.unauthorized, "wafer add-user --username USER --registry \(fixture.registry.host)") {
                try await fixture.client.push(blob: [9], digest: .sha256(of: [9]), to: reference, credentials: nil)
            }
        }
    }

    @Test(arguments: [.basic(users), .token(users)] as [InMemoryRegistryAccess])
    func wrongPassword(access: InMemoryRegistryAccess) async throws {
        try await Fixture.with(access) { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let reference = try fixture.reference("a:1")
            let error = await expect(.unauthorized, "check the password of ann") {
                try await fixture.client.manifest(reference, credentials: fixture.user("ann", "guessed-password"))
            }
            #expect(error?.description.contains("guessed-password") == false)
            #expect(error?.isTemporary == false)
            #expect(fixture.registry.requests.count <= 2)
        }
    }

    @Test func expiredTokenIsReplaced() async throws {
        try await Fixture.with(.token(Self.users, lifetime: 3_600)) { fixture in
            let user = fixture.user("ann", "pass:word ü")
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let reference = try fixture.reference("a:1")
            for _ in 0..<3 {
                _ = try await fixture.client.manifest(reference, credentials: user)
                fixture.registry.revokeTokens()
            }
            #expect(fixture.registry.requests.filter { $0.path == "/token" }.count == 3)
            // An upload repeats its body with the new token.
            let bytes = Fixture.bytes(1_000)
            _ = try await fixture.client.push(blob: bytes, digest: .sha256(of: bytes), to: reference, credentials: user)
            fixture.registry.revokeTokens()
            let more = Fixture.bytes(1_000, seed: 2)
            _ = try await fixture.client.push(blob: more, digest: .sha256(of: more), to: reference, credentials: user)
            #expect(fixture.registry.blob(try .sha256(of: more)) == more)
        }
    }

    @Test func registryThatTakesNoTokenIsNotAskedForEver() async throws {
        try await Fixture.with(.token(Self.users)) { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.refusesTokens = true
            let reference = try fixture.reference("a:1")
            await expect(.unauthorized, "UNAUTHORIZED") {
                try await fixture.client.manifest(reference, credentials: fixture.user("ann", "pass:word ü"))
            }
            #expect(fixture.registry.requests.count == 3)
        }
    }

    @Test func credentialsOfAnotherRegistryAreNotUsed() async throws {
        try await Fixture.with(.basic(Self.users)) { fixture in
            let reference = try fixture.reference("a:1")
            let other = RegistryCredentials(host: "quay.io", username: "ann", password: "pass:word ü")
            await expect(.foreignCredentials, "quay.io") {
                try await fixture.client.manifest(reference, credentials: other)
            }
            #expect(fixture.registry.requests.isEmpty)
        }
    }

    @Test func errorPagesAreCutAndMadePrintable() async throws {
        try await Fixture.with { fixture in
            let reference = try fixture.reference("a:1")
            fixture.registry.faults.errorBody = "\u{1B}[2Jgone \r\n" + String(repeating: "x", count: 100_000)
            let error = await expect(.notFound, "\\x1b[2Jgone xxx") {
                try await fixture.client.manifest(reference, credentials: nil)
            }
            #expect((error?.description.count ?? 0) < 600)
            fixture.registry.faults.errorBody = "<html><body>Not here</body></html>"
            let page = await expect(.notFound, "answered 404") {
                try await fixture.client.manifest(reference, credentials: nil)
            }
            #expect(page?.description.contains("html") == false)
        }
    }
}
