import OCI
import Registry
import TestSupport
import Testing

/// A service that gives a new refresh token with each answer, and does not know the old one any more.
@Suite(.timeLimit(.minutes(5))) struct TokenRotationTests {
    private struct Rotating {
        let registry: InMemoryRegistry
        let client: RegistryClient
        let users: MemoryUsers
        /// The user as it was stored first.
        let user: RegistryCredentials
        let first: String

        func pull(_ name: String, _ user: RegistryCredentials? = nil) async throws {
            let reference = try ImageReference(parsing: registry.reference(name))
            _ = try await client.manifest(reference, credentials: user ?? self.user)
        }
    }

    private func with(_ source: String? = nil, _ body: (Rotating) async throws -> Void) async throws {
        try await InMemoryRegistry.with(.token(["ann": "pw"])) { registry in
            registry.faults.refreshTokens = .get
            registry.faults.rotatesRefreshTokens = true
            for name in ["a", "b", "c", "d", "e", "f"] { try registry.addImage(name, tag: "1", layers: [.tar([1])]) }
            let reference = try ImageReference(parsing: registry.reference("a:1"))
            let password = RegistryCredentials(host: registry.host, username: "ann", password: "pw")
            let first = try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger) {
                try await $0.refreshToken(at: reference, credentials: password)
            }
            let token = try #require(first)
            let users = MemoryUsers([.init(host: registry.host, name: "ann", secret: token, kind: .identityToken)])
            let user = RegistryCredentials(
                host: registry.host,
                username: "ann",
                secret: token,
                kind: .identityToken,
                source: source
            )
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, store: users) { client in
                try await body(
                    Rotating(registry: registry, client: client, users: users, user: user, first: token)
                )
            }
        }
    }

    /// The exchange of a password tries the token, which uses it up.
    @Test func theExchangeGivesTheOneThatWorks() async throws {
        try await with { #expect($0.registry.refreshTokens == [$0.first]) }
    }

    @Test func theNewOneIsStoredAndUsed() async throws {
        try await with { rotating in
            // One token each: the work around them holds what was stored when it began.
            for name in ["a:1", "b:1", "c:1"] {
                try await rotating.pull(name)
                #expect(rotating.users.secrets == rotating.registry.refreshTokens)
            }
            #expect(rotating.users.secrets != [rotating.first])
            // Another process finds it.
            let stored = try #require(
                try await rotating.users.credentials(of: "ann", at: rotating.registry.host)
            )
            let (registry, users) = (rotating.registry, rotating.users)
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, store: users) { client in
                let reference = try ImageReference(parsing: registry.reference("d:1"))
                _ = try await client.manifest(reference, credentials: stored)
            }
            // And so does this one find what that was given.
            try await rotating.pull("e:1")
            #expect(rotating.users.secrets == rotating.registry.refreshTokens)
        }
    }

    @Test func manyAtOnceTakeTurns() async throws {
        try await with { rotating in
            rotating.registry.faults.delay = 10
            try await withThrowingTaskGroup { group in
                for name in ["a:1", "b:1", "c:1", "d:1", "e:1", "f:1"] {
                    group.addTask { try await rotating.pull(name) }
                }
                try await group.waitForAll()
            }
            #expect(rotating.users.secrets == rotating.registry.refreshTokens)
            let tokens = rotating.registry.requests.filter { $0.path == "/token" && $0.method == "POST" }
            #expect(tokens.count { $0.formValues("grant_type") == ["refresh_token"] } == 7)
        }
    }

    /// A service that keeps its tokens makes nobody wait for another one's answer.
    @Test func whereTokensStayNobodyTakesTurns() async throws {
        try await with { rotating in
            rotating.registry.faults.rotatesRefreshTokens = false
            try await rotating.pull("a:1")
            rotating.registry.forgetRequests()
            rotating.registry.faults.crowd = 2
            try await withThrowingTaskGroup { group in
                for name in ["b:1", "c:1", "d:1", "e:1"] { group.addTask { try await rotating.pull(name) } }
                try await group.waitForAll()
            }
            #expect(rotating.registry.mostAtOnce > 1)
            #expect(rotating.users.secrets == [rotating.first])
        }
    }

    /// The file of another program is its own; this process goes on with the new token all the same.
    @Test func whatIsNotFromTheDatabaseIsNotStored() async throws {
        try await with("/home/ann/.docker/config.json") { rotating in
            for name in ["a:1", "b:1", "c:1"] { try await rotating.pull(name) }
            #expect(rotating.users.secrets == [rotating.first])
            #expect(rotating.users.lookups == 0)
        }
    }

    @Test func aDatabaseThatFailsIsNoReasonToStop() async throws {
        try await with { rotating in
            rotating.users.breakDown()
            for name in ["a:1", "b:1"] { try await rotating.pull(name) }
        }
    }

    /// Between its answer and its entry in the database another process has the only token that works.
    @Test func whatAnotherProcessIsAboutToStoreIsWaitedFor() async throws {
        try await with { rotating in
            let (registry, users) = (rotating.registry, rotating.users)
            let other = MemoryUsers([
                .init(host: registry.host, name: "ann", secret: rotating.first, kind: .identityToken)
            ])
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, store: other) { client in
                let reference = try ImageReference(parsing: registry.reference("a:1"))
                _ = try await client.manifest(reference, credentials: rotating.user)
            }
            let clock = FakeClock(meanwhile: { for secret in other.secrets { users.store(secret, of: "ann") } })
            try await RegistryClient.with(
                userAgent: "wafer/test",
                logger: Fixture.logger,
                settings: Fixture.settings(clock),
                store: users
            ) { client in
                let reference = try ImageReference(parsing: registry.reference("b:1"))
                _ = try await client.manifest(reference, credentials: rotating.user)
            }
            #expect(clock.waits == [.seconds(1)])
            #expect(users.secrets == registry.refreshTokens)
        }
    }

    @Test func aRefusedOneIsReadAgain() async throws {
        try await with { rotating in
            rotating.registry.faults.rotatesRefreshTokens = false
            rotating.registry.revokeRefreshTokens()
            await expect(.unauthorized, "log in anew") { try await rotating.pull("a:1") }
            // The operator does so meanwhile.
            let reference = try ImageReference(parsing: rotating.registry.reference("a:1"))
            let password = RegistryCredentials(host: rotating.registry.host, username: "ann", password: "pw")
            let renewed = try await rotating.client.refreshToken(at: reference, credentials: password)
            rotating.users.store(try #require(renewed), of: "ann")
            try await rotating.pull("a:1")
        }
    }
}
