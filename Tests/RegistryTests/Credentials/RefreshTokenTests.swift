import NIOHTTP1
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

/// Refresh tokens ("identity tokens") by OAuth2, and services that know only GET.
@Suite(.timeLimit(.minutes(5))) struct RefreshTokenTests {
    private static let secret = "refresh/secret+1"
    private static let user = identity("ann")

    private static func identity(_ name: String) -> RegistryCredentials {
        RegistryCredentials(host: "quay.io", username: name, secret: secret, kind: .identityToken)
    }

    private func transport(_ network: StubNetwork) -> AuthTransport {
        AuthTransport(next: network, logger: AuthTransportTests.logger)
    }

    /// A registry whose token service answers a POST with `post`, and a GET with a token.
    private func network(post: StubNetwork.Answer) -> StubNetwork {
        StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") {
                return request.method == .POST ? post : .init(body: #"{"token":"by-get"}"#)
            }
            return request.authorization?.hasPrefix("Bearer by-") == true
                ? .init() : .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)])
        }
    }

    @Test func goesInTheBodyOfAPost() async throws {
        let network = network(post: .init(body: #"{"access_token":"by-post","expires_in":900}"#))
        let transport = transport(network)
        for _ in 0..<2 { _ = try await transport.send(.manifest("quay.io/a/b:1", user: Self.user)) }
        #expect(
            network.lines == [
                "GET https://quay.io/v2/a/b/manifests/1", "POST https://auth.quay.io/token?x=1",
                "GET https://quay.io/v2/a/b/manifests/1", "GET https://quay.io/v2/a/b/manifests/1",
            ]
        )
        let question = network.requests[1]
        #expect(question.headers.first(name: "Content-Type") == "application/x-www-form-urlencoded")
        #expect(question.authorization == nil)
        #expect(
            String(decoding: question.body ?? [], as: UTF8.self)
                == "grant_type=refresh_token&refresh_token=refresh%2Fsecret%2B1&client_id=wafer&service=quay.io"
                + "&scope=repository%3Aa%2Fb%3Apull"
        )
        #expect(network.requests.last?.authorization == "Bearer by-post")
    }

    @Test(arguments: [401, 404, 405, 501])
    func servicesThatKnowOnlyGetGetItAsAPassword(status: Int) async throws {
        let network = network(post: .init(status: status))
        #expect(try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user)).status == 200)
        #expect(network.requests.map(\.method) == [.GET, .POST, .GET, .GET])
        #expect(network.requests[2].authorization == "Basic YW5uOnJlZnJlc2gvc2VjcmV0KzE=")
    }

    @Test(arguments: ["<token>", ""])
    func withoutANameThereIsNoPassword(name: String) async throws {
        let network = network(post: .init(status: 404))
        await expect(.notFound, "cannot log in for") {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.identity(name)))
        }
        #expect(network.requests.count == 2)
    }

    @Test(arguments: [400, 401, 403, 500])
    func aRefusedOneIsAnErrorThatShowsNoSecret(status: Int) async throws {
        let body = "you sent \(Self.secret) and refresh%2Fsecret%2B1"
        let network = StubNetwork { request in
            request.url.text.hasPrefix("https://auth.quay.io/")
                ? .init(status: status, body: body)
                : .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)])
        }
        let code: RegistryError.Code = [400: .unauthorized, 401: .unauthorized, 403: .denied][status] ?? .serverFailure
        let error = await expect(code, "[secret]") {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(error?.description.contains("secret+1") == false)
        #expect(error?.description.contains("secret%2B1") == false)
        if code == .unauthorized { #expect(error?.nextStep?.contains("log in anew with `wafer add-user") == true) }
    }

    @Test func aRegistryWithoutTokensWantsAPassword() async throws {
        let network = StubNetwork { _ in .init(status: 401, headers: [("WWW-Authenticate", "Basic")]) }
        await expect(.unsupportedAuthentication, "only a token of ann") {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(network.requests.count == 1)
    }

    @Test(arguments: [InMemoryRegistryFaults.RefreshTokens.get, .post])
    func aPasswordIsExchangedAndTheTokenPullsAndPushes(way: InMemoryRegistryFaults.RefreshTokens) async throws {
        try await Fixture.with(.token(["ann": "pass:word ü"])) { fixture in
            fixture.registry.faults.refreshTokens = way
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let reference = try fixture.reference("a:1")
            let password = fixture.user("ann", "pass:word ü")
            let token = try #require(try await fixture.client.refreshToken(at: reference, credentials: password))
            #expect([token] == fixture.registry.refreshTokens)
            let user = RegistryCredentials(
                host: fixture.registry.host,
                username: "ann",
                secret: token,
                kind: .identityToken
            )
            let found = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: user)
            #expect(found.manifestDigest == image.digest)
            #expect(
                try await fixture.client.push(blob: [7], digest: .sha256(of: [7]), to: reference, credentials: user)
            )
            let report = try await fixture.client.login(to: reference, repository: nil, credentials: user)
            #expect(report.user == user)
            #expect(report.scheme == "bearer")
            #expect(report.tokenService == "\(fixture.registry.url)/token")

            fixture.registry.revokeRefreshTokens()
            fixture.registry.revokeTokens()
            let error = await expect(.unauthorized, "log in anew") {
                try await fixture.client.manifest(reference, credentials: user)
            }
            #expect(error?.description.contains(token) == false)
        }
    }

    @Test(arguments: [.open, .basic(["ann": "pw"]), .token(["ann": "pw"])] as [InMemoryRegistryAccess])
    func whereNoneIsGivenThePasswordStays(access: InMemoryRegistryAccess) async throws {
        try await Fixture.with(access) { fixture in
            let reference = try fixture.reference("a:1")
            let user = fixture.user("ann", "pw")
            #expect(try await fixture.client.refreshToken(at: reference, credentials: user) == nil)
            fixture.registry.faults.refreshTokens = .broken
            // What does not work is not taken.
            #expect(try await fixture.client.refreshToken(at: reference, credentials: user) == nil)
        }
    }

    @Test(arguments: [.basic(["ann": "pw"]), .token(["ann": "pw"])] as [InMemoryRegistryAccess])
    func aWrongPasswordIsAnError(access: InMemoryRegistryAccess) async throws {
        try await Fixture.with(access) { fixture in
            fixture.registry.faults.refreshTokens = .get
            let reference = try fixture.reference("a:1")
            let error = await expect(.unauthorized, "check the password of ann") {
                try await fixture.client.refreshToken(at: reference, credentials: fixture.user("ann", "guessed-pw"))
            }
            #expect(error?.description.contains("guessed-pw") == false)
            let other = RegistryCredentials(host: "quay.io", username: "ann", password: "pw")
            await expect(.foreignCredentials, "quay.io") {
                try await fixture.client.refreshToken(at: reference, credentials: other)
            }
        }
    }
}
