import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// Whether everybody can read an image: a look without credentials, where there are some.
@Suite(.timeLimit(.minutes(5))) struct ReadersTests {
    private static let user = RealRegistry.User(name: "ann", password: "s3cret:word")

    private func readers(
        _ access: InMemoryRegistryAccess,
        _ credentials: (InMemoryRegistry) -> RegistryCredentials?,
        ambient: (String) -> [String: String] = { _ in [:] },
        _ body: (RegistryClient.Readers, [InMemoryRegistryRequest]) throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(access) { registry in
            let image = try registry.addImage("a", tag: "1", layers: [.tar([1])])
            let provider = CredentialProvider(environment: ambient(registry.host))
            try await RegistryClient.with(
                userAgent: "wafer/test",
                logger: Fixture.logger,
                settings: Fixture.oneAttempt,
                ambient: provider
            ) { client in
                let reference = try ImageReference(parsing: registry.reference("a:1"))
                // As it is in life: the image was fetched as the user, and its token is known.
                _ = try await client.manifest(reference, credentials: credentials(registry))
                let before = registry.requests.count
                let pinned = reference.pinned(to: image.digest)
                let found = try await client.readers(of: pinned, credentials: credentials(registry))
                try body(found, Array(registry.requests.dropFirst(before)))
            }
        }
    }

    private func ann(_ registry: InMemoryRegistry) -> RegistryCredentials {
        RegistryCredentials(host: registry.host, username: "ann", password: "pw")
    }

    private func variables(_ host: String) -> [String: String] {
        ["WAFER_REGISTRY_T_HOST": host, "WAFER_REGISTRY_T_USER": "ann", "WAFER_REGISTRY_T_PASSWORD": "pw"]
    }

    @Test(arguments: [.basic(["ann": "pw"]), .token(["ann": "pw"])] as [InMemoryRegistryAccess])
    func usersOnly(access: InMemoryRegistryAccess) async throws {
        func expectUsers(_ readers: RegistryClient.Readers, _ requests: [InMemoryRegistryRequest]) {
            guard case .users(let error) = readers else {
                Issue.record("\(readers)")
                return
            }
            #expect(error.status == 401)
            #expect(requests.allSatisfy { $0.header("Authorization")?.hasPrefix("Basic") != true })
        }
        try await readers(access, ann, expectUsers)
        try await readers(access, { _ in nil }, ambient: variables, expectUsers)
    }

    @Test func everybodyByAnAnonymousToken() async throws {
        let access = InMemoryRegistryAccess.token(["ann": "pw"], anonymousPull: true)
        try await readers(access, ann) { readers, requests in
            #expect(readers == .everybody)
            #expect(requests.filter { $0.path != "/token" }.map(\.method) == ["HEAD"])
        }
        try await readers(access, { _ in nil }, ambient: variables) { readers, _ in #expect(readers == .everybody) }
    }

    @Test func whoHasNoCredentialsAsksNothing() async throws {
        for access in [.open, .token([:], anonymousPull: true)] as [InMemoryRegistryAccess] {
            try await readers(access, { _ in nil }) { readers, requests in
                #expect(readers == .everybody && requests.isEmpty)
            }
        }
    }

    @Test func aRegistryThatHidesWhatItDoesNotGive() async throws {
        // GitLab and others say 404 of what nobody but users may know.
        let reference = try ImageReference(
            parsing: "https://r.example.org/a@sha256:\(String(repeating: "0", count: 64))"
        )
        for status in [403, 404] {
            let network = StubNetwork { _ in StubNetwork.Answer(status: status) }
            let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
            let user = RegistryCredentials(host: "r.example.org", username: "ann", password: "pw")
            guard case .users(let error) = try await client.readers(of: reference, credentials: user) else {
                Issue.record("\(status)")
                continue
            }
            #expect(error.status == status)
        }
    }

    @Test func aRegistryThatDoesNotTell() async throws {
        let reference = try ImageReference(
            parsing: "https://r.example.org/a@sha256:\(String(repeating: "0", count: 64))"
        )
        let user = RegistryCredentials(host: "r.example.org", username: "ann", password: "pw")
        for status in [429, 503] {
            let network = StubNetwork { _ in StubNetwork.Answer(status: status) }
            let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
            await #expect(throws: RegistryError.self) { try await client.readers(of: reference, credentials: user) }
        }
    }

    /// What a mirror gives to everybody, it may have got as a user: only the registry itself counts.
    @Test func aMirrorTellsNothing() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pw"])) { origin in
            try await InMemoryRegistry.with { mirror in
                let image = try origin.addImage("a", tag: "1", layers: [.tar([1])])
                _ = try mirror.addImage("a", tag: "1", layers: [.tar([1])])
                var settings = Fixture.oneAttempt
                var host = HostSettings()
                host.mirrors = [try RegistryMirror(parsing: "http://\(mirror.host)")]
                settings.hosts.hosts[origin.host] = host
                try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                    client in
                    let reference = try ImageReference(parsing: origin.reference("a:1"))
                    _ = try await client.manifest(reference, credentials: ann(origin))
                    let pinned = reference.pinned(to: image.digest)
                    guard case .users = try await client.readers(of: pinned, credentials: ann(origin)) else {
                        Issue.record("the mirror was asked")
                        return
                    }
                    // Nobody logs in anywhere: as it is read here, everybody reads it.
                    #expect(try await client.readers(of: pinned, credentials: nil) == .everybody)
                }
            }
        }
    }

    /// An image that came through a mirror with a login is looked at where it is from.
    @Test(arguments: [true, false]) func aMirrorWithALogin(isPublic: Bool) async throws {
        try await InMemoryRegistry.with(.token([:], anonymousPull: isPublic)) { origin in
            try await InMemoryRegistry.with(.basic(["ann": "pw"])) { mirror in
                let image = try origin.addImage("a", tag: "1", layers: [.tar([1])])
                _ = try mirror.addImage("a", tag: "1", layers: [.tar([1])])
                var settings = Fixture.oneAttempt
                var host = HostSettings()
                host.mirrors = [try RegistryMirror(parsing: "http://\(mirror.host)")]
                settings.hosts.hosts[origin.host] = host
                let ambient = CredentialProvider(environment: variables(mirror.host))
                try await RegistryClient.with(
                    userAgent: "wafer/test",
                    logger: Fixture.logger,
                    settings: settings,
                    ambient: ambient
                ) { client in
                    let reference = try ImageReference(parsing: origin.reference("a:1"))
                    _ = try await client.manifest(reference, credentials: nil)
                    #expect(origin.requests.isEmpty)
                    let found = try await client.readers(of: reference.pinned(to: image.digest), credentials: nil)
                    #expect((found == .everybody) == isPublic)
                    #expect(!origin.requests.isEmpty)
                }
            }
        }
    }

    @Test func dockersRegistryWithAPasswordFile() async throws {
        try await RealRegistry.with(user: Self.user) { registry in
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger) { client in
                let user = RegistryCredentials(host: registry.host, username: "ann", password: Self.user.password)
                let reference = try ImageReference(parsing: registry.reference("a/b:1"))
                guard case .users(let error) = try await client.readers(of: reference, credentials: user) else {
                    Issue.record("it lets everybody in")
                    return
                }
                #expect(error.code == .unauthorized)
            }
        }
    }

    /// A certificate is a login as well: the look goes without it.
    @Test func aClientsCertificateIsNotShown() async throws {
        try await withTemporaryFolder { folder in
            let authority = try await PrivateCA(in: folder)
            try await RealRegistry.with(authority: authority, wantsClientCertificate: true) { registry in
                var settings = Fixture.oneAttempt
                settings.hosts.authorities = [authority.certificate]
                var host = HostSettings()
                host.clientCertificate = authority.clientCertificate
                host.clientKey = authority.clientKey
                settings.hosts.hosts[registry.host] = host
                try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                    client in
                    let reference = try ImageReference(parsing: registry.reference("a:1"))
                    await expect(.notFound, "404") { try await client.manifest(reference, credentials: nil) }
                    await #expect(throws: RegistryError.self) {
                        try await client.readers(of: reference, credentials: nil)
                    }
                }
            }
        }
    }
}
