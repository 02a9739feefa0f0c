import OCI
import Registry
import TestSupport
import Testing

/// Who logs in at a mirror: its own users of the database, never those of the registry that it mirrors.
@Suite(.timeLimit(.minutes(5))) struct MirrorUserTests {
    private static let people = ["ann": "pw-of-ann", "bob": "pw-of-bob"]

    private struct Mirrored {
        let client: RegistryClient
        let mirror: InMemoryRegistry
        let origin: InMemoryRegistry
        let users: MemoryUsers

        /// Fetches the manifest and the configuration, which is a blob.
        func pull(_ user: RegistryCredentials? = nil) async throws -> Digest {
            let reference = try ImageReference(parsing: origin.reference("a:1"))
            return try await client.resolve(reference, platform: .linuxAMD64, credentials: user).manifestDigest
        }

        /// Who was let in at the mirror.
        var names: Set<String> {
            Set(mirror.requests.compactMap { $0.header("Authorization") })
        }
    }

    private func with(
        _ access: InMemoryRegistryAccess = .basic(people),
        users: (_ mirror: String, _ origin: String) -> [MemoryUsers.Entry],
        mirrorUser: String? = nil,
        variables: (_ mirror: String) -> [String: String] = { _ in [:] },
        _ body: (Mirrored) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(access) { mirror in
            try await InMemoryRegistry.with { origin in
                var settings = Fixture.settings(FakeClock())
                settings.hosts.hosts[origin.host, default: HostSettings()].mirrors = [
                    try RegistryMirror(parsing: mirror.url)
                ]
                settings.hosts.hosts[mirror.host, default: HostSettings()].mirrorUser = mirrorUser
                try mirror.addImage("a", tag: "1", layers: [.tar([1])])
                try origin.addImage("a", tag: "1", layers: [.tar([2])])
                let users = MemoryUsers(users(mirror.host, origin.host))
                try await RegistryClient.with(
                    userAgent: "wafer/test",
                    logger: Fixture.logger,
                    settings: settings,
                    ambient: CredentialProvider(environment: variables(mirror.host)),
                    store: users
                ) { client in
                    try await body(Mirrored(client: client, mirror: mirror, origin: origin, users: users))
                }
            }
        }
    }

    private static func basic(_ name: String) -> String {
        switch name {
        case "ann": "Basic YW5uOnB3LW9mLWFubg=="
        default: "Basic Ym9iOnB3LW9mLWJvYg=="
        }
    }

    private func entry(_ host: String, _ name: String, _ secret: String? = nil) -> MemoryUsers.Entry {
        MemoryUsers.Entry(host: host, name: name, secret: secret ?? "pw-of-\(name)")
    }

    @Test(arguments: [.basic(people), .token(people)] as [InMemoryRegistryAccess])
    func theOnlyUserOfItsHostLogsIn(access: InMemoryRegistryAccess) async throws {
        try await with(access, users: { [entry($0, "ann"), entry($1, "bob")] }) { mirrored in
            let digest = try await mirrored.pull()
            #expect(mirrored.origin.requests.isEmpty)
            #expect(mirrored.mirror.manifest("a", "1").map { try? Digest.sha256(of: $0) } == digest)
            #expect(mirrored.names.contains(Self.basic("ann")))
            #expect(!mirrored.names.contains(Self.basic("bob")))
            let lookups = mirrored.users.lookups
            for _ in 0..<3 { _ = try await mirrored.pull() }
            let reference = try ImageReference(parsing: mirrored.origin.reference("a:1"))
            #expect(try await mirrored.client.digest(of: reference, credentials: nil) == digest)
            #expect(mirrored.origin.requests.isEmpty)
            #expect(mirrored.users.lookups == lookups)
        }
    }

    @Test func anotherHostsUserDoesNot() async throws {
        // Another port is another registry, and a longer name is another name.
        try await with(users: { [entry("127.0.0.1", "ann"), entry("\($0).example.org", "ann"), entry($1, "ann")] }) {
            _ = try await $0.pull()
            #expect(!$0.origin.requests.isEmpty)
            #expect($0.names.isEmpty)
        }
    }

    @Test func theRegistrysUserStaysThere() async throws {
        try await with(users: { _, origin in [entry(origin, "bob")] }) { mirrored in
            let bob = RegistryCredentials(host: mirrored.origin.host, username: "bob", password: "pw-of-bob")
            _ = try await mirrored.pull(bob)
            #expect(!mirrored.origin.requests.isEmpty)
            #expect(mirrored.names.isEmpty)
        }
    }

    @Test func ofSeveralTheNamedOneLogsIn() async throws {
        try await with(users: { mirror, _ in [entry(mirror, "ann"), entry(mirror, "bob")] }, mirrorUser: "bob") {
            _ = try await $0.pull()
            #expect($0.origin.requests.isEmpty)
            #expect($0.names == [Self.basic("bob")])
        }
    }

    @Test func ofSeveralNobodyIsGuessed() async throws {
        try await with(users: { mirror, _ in [entry(mirror, "ann"), entry(mirror, "bob")] }) {
            _ = try await $0.pull()
            #expect(!$0.origin.requests.isEmpty)
            #expect($0.names.isEmpty)
            // Of the mirror itself as a registry the same is no error: there the image names its user.
            let own = try ImageReference(parsing: $0.mirror.reference("a:1"))
            let client = $0.client
            await expect(.unauthorized, "add credentials with") { try await client.manifest(own, credentials: nil) }
        }
    }

    @Test func whoIsNamedButNotStoredIsNoReasonToAskOthers() async throws {
        try await with(users: { mirror, _ in [entry(mirror, "ann")] }, mirrorUser: "eve") {
            _ = try await $0.pull()
            #expect(!$0.origin.requests.isEmpty)
            #expect($0.names.isEmpty)
            // The mirror is left out then, and its operator told once.
            #expect($0.mirror.requests.count == 1)
        }
    }

    @Test func theDatabaseComesBeforeTheEnvironment() async throws {
        func variables(_ host: String) -> [String: String] {
            [
                "WAFER_REGISTRY_M_HOST": host, "WAFER_REGISTRY_M_USER": "bob",
                "WAFER_REGISTRY_M_PASSWORD": "pw-of-bob",
            ]
        }
        try await with(users: { mirror, _ in [entry(mirror, "ann")] }, variables: variables) {
            _ = try await $0.pull()
            #expect($0.names == [Self.basic("ann")])
        }
        for users in [[], ["ann", "eve"]] {
            try await with(users: { mirror, _ in users.map { entry(mirror, $0) } }, variables: variables) {
                _ = try await $0.pull()
                #expect($0.origin.requests.isEmpty)
                #expect($0.names == [Self.basic("bob")])
            }
        }
    }

    @Test func aMirrorThatAsksForNoLoginMakesNobodyLook() async throws {
        try await with(.open, users: { mirror, _ in [entry(mirror, "ann")] }) {
            _ = try await $0.pull()
            #expect($0.users.lookups == 0)
        }
    }

    @Test func aDatabaseThatFailsCostsTheMirrorOnly() async throws {
        try await with(users: { mirror, _ in [entry(mirror, "ann")] }) {
            $0.users.breakDown()
            _ = try await $0.pull()
            #expect(!$0.origin.requests.isEmpty)
        }
    }
}
