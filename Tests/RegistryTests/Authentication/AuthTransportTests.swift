import Logging
import OCI
import Registry
import Synchronization
import Testing

@Suite struct AuthTransportTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let user = RegistryCredentials(host: "quay.io", username: "ann", password: "pass:word")
    static let basic = "Basic YW5uOnBhc3M6d29yZA=="
    static let bearer = #"Bearer realm="https://auth.quay.io/token?x=1",service="quay.io",scope="repository:a/b:pull""#

    private func refused(_ challenges: String...) -> StubNetwork.Answer {
        StubNetwork.Answer(status: 401, headers: challenges.map { ("WWW-Authenticate", $0) }, body: "no")
    }

    private func transport(_ network: StubNetwork) -> AuthTransport {
        AuthTransport(next: network, logger: Self.logger)
    }

    @Test func openRegistryGetsNoCredentials() async throws {
        let network = StubNetwork { _ in StubNetwork.Answer() }
        _ = try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        #expect(network.requests.map(\.authorization) == [nil])
    }

    @Test func basicIsSentOnceItIsAskedFor() async throws {
        let network = StubNetwork { $0.authorization == Self.basic ? .init() : refused(#"Basic realm="x""#) }
        let transport = transport(network)
        for _ in 0..<2 {
            let answer = try await transport.send(.manifest("quay.io/a/b:1", user: Self.user))
            #expect(answer.status == 200)
        }
        // The second request does not ask first.
        #expect(network.requests.map(\.authorization) == [nil, Self.basic, Self.basic])
    }

    @Test func wrongPasswordIsAnErrorAtOnce() async throws {
        let network = StubNetwork { _ in refused(#"Basic realm="x""#) }
        let transport = transport(network)
        for expected in [2, 3] {
            let error = await #expect(throws: RegistryError.self) {
                try await transport.send(.manifest("quay.io/a/b:1", user: Self.user))
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.description.contains("wafer add-user --username ann --registry quay.io") == true)
            #expect(error?.description.contains("pass:word") == false)
            #expect(network.requests.count == expected)
        }
    }

    @Test(arguments: [("a:b", "hush"), ("a\nb", "hush"), ("ann", "hu\u{0}sh")])
    func whatBasicCannotCarryIsNotSent(name: String, password: String) async throws {
        let user = RegistryCredentials(host: "quay.io", username: name, password: password)
        for challenge in [#"Basic realm="x""#, Self.bearer] {
            let network = StubNetwork { _ in refused(challenge) }
            let error = await #expect(throws: RegistryError.self) {
                try await transport(network).send(.manifest("quay.io/a/b:1", user: user))
            }
            #expect(error?.code == .unusableCredentials)
            #expect(error?.isTemporary == false)
            #expect(error?.nextStep?.contains("wafer remove-user") == true)
            #expect(error?.description.contains("hu") == false)
            #expect(network.requests.map(\.authorization) == [nil])
        }
    }

    @Test func basicWithoutUserTellsWhatToDo() async throws {
        let network = StubNetwork { _ in refused(#"Basic realm="x""#) }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1"))
        }
        #expect(error?.code == .unauthorized)
        #expect(error?.nextStep?.contains("wafer add-user") == true)
        #expect(network.requests.count == 1)
    }

    @Test(arguments: [#"{"token":"t1"}"#, #"{"access_token":"t1","token":""}"#, #"{"token":"t1","expires_in":300.5}"#])
    func tokenIsFetchedAndKept(answer: String) async throws {
        let network = StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") { return .init(body: answer) }
            return request.authorization == "Bearer t1" ? .init() : refused(Self.bearer)
        }
        let transport = transport(network)
        for _ in 0..<2 { _ = try await transport.send(.manifest("quay.io/a/b:1", user: Self.user)) }
        #expect(
            network.lines == [
                "GET https://quay.io/v2/a/b/manifests/1",
                "GET https://auth.quay.io/token?x=1&service=quay.io&scope=repository%3Aa%2Fb%3Apull",
                "GET https://quay.io/v2/a/b/manifests/1",
                "GET https://quay.io/v2/a/b/manifests/1",
            ]
        )
        #expect(network.requests.map(\.authorization) == [nil, Self.basic, "Bearer t1", "Bearer t1"])
    }

    @Test func anotherRepositoryNeedsAnotherToken() async throws {
        let network = StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") { return .init(body: #"{"token":"t"}"#) }
            return request.authorization == nil ? refused(Self.bearer) : .init()
        }
        let transport = transport(network)
        for name in ["quay.io/a/b:1", "quay.io/c/d:1", "quay.io/a/b:2"] {
            _ = try await transport.send(.manifest(name))
        }
        #expect(network.lines.filter { $0.contains("scope=") }.count == 2)
        #expect(network.requests.map(\.authorization) == [nil, nil, "Bearer t", nil, "Bearer t", "Bearer t"])
    }

    /// What a registry asks for beside what the request needs is asked for, too, and known from then on.
    @Test func theScopeOfAChallengeIsAskedForBeside() async throws {
        let more = Self.bearer.replacing("pull\"", with: "pull repository:parent:pull registry:catalog:*\"")
        let network = StubNetwork { request in
            guard request.url.text.hasPrefix("https://auth.quay.io/") else {
                return request.authorization == "Bearer wide" ? .init() : refused(more)
            }
            return .init(body: #"{"token":"\#(request.url.text.contains("catalog") ? "wide" : "narrow")"}"#)
        }
        let transport = transport(network)
        for name in ["quay.io/a/b:1", "quay.io/c/d:1", "quay.io/c/d:2"] {
            #expect(try await transport.send(.manifest(name)).status == 200)
        }
        let scopes = network.lines.filter { $0.contains("&scope=") }
            .map { $0.split(separator: "&scope=").dropFirst().joined(separator: "&scope=") }
        let wide = "repository%3Aparent%3Apull&scope=registry%3Acatalog%3A%2A"
        #expect(
            scopes.map { $0.replacing("repository%3A", with: "", maxReplacements: 1) } == [
                "a%2Fb%3Apull&scope=\(wide)", "c%2Fd%3Apull",
                "c%2Fd%3Apull&scope=repository%3Aa%2Fb%3Apull&scope=\(wide)",
            ]
        )
    }

    @Test func tokenOfUnknownLifetimeIsUsedForLessThanAMinute() async throws {
        let clock = Mutex(ContinuousClock.now)
        let network = StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") { return .init(body: #"{"token":"t"}"#) }
            return request.authorization == nil ? refused(Self.bearer) : .init()
        }
        let transport = AuthTransport(next: network, logger: Self.logger, clock: .of { clock.withLock { $0 } })
        for seconds in [0, 40, 12] {
            clock.withLock { $0 += .seconds(seconds) }
            _ = try await transport.send(.manifest("quay.io/a/b:1"))
        }
        #expect(network.lines.filter { $0.contains("scope=") }.count == 2)
    }

    @Test func refusedTokenIsReplacedOnce() async throws {
        let count = Mutex(0)
        let valid = Mutex("Bearer t1")
        let challenge = Self.bearer.split(separator: ",scope=")[0]
        let network = StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return .init(body: #"{"token":"t\#(number)"}"#)
            }
            return request.authorization == valid.withLock { $0 } ? .init() : refused(String(challenge))
        }
        let transport = transport(network)
        _ = try await transport.send(.manifest("quay.io/a/b:1"))
        valid.withLock { $0 = "Bearer t2" }
        _ = try await transport.send(.manifest("quay.io/a/b:1"))
        #expect(count.withLock { $0 } == 2)

        // A fresh token that is refused is an error, not a reason for the next one.
        valid.withLock { $0 = "nobody" }
        let error = await #expect(throws: RegistryError.self) { try await transport.send(.manifest("quay.io/a/b:1")) }
        #expect(error?.code == .unauthorized)
        #expect(count.withLock { $0 } == 3)
        let another = await #expect(throws: RegistryError.self) { try await transport.send(.manifest("quay.io/c/d:1")) }
        #expect(another?.code == .unauthorized)
        #expect(count.withLock { $0 } == 4)
    }

    @Test func tokenServiceThatRefusesTheUserIsAnError() async throws {
        let network = StubNetwork { request in
            request.url.text.hasPrefix("https://auth.quay.io/")
                ? .init(status: 401, body: #"{"details":"incorrect username or password pass:word"}"#)
                : refused(Self.bearer)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(error?.code == .unauthorized)
        #expect(error?.purpose.operation == .authenticate)
        #expect(error?.description.contains("pass:word") == false)
    }

    @Test(
        arguments: [
            "", "{}", "[]", "x", #"{"token":""}"#, #"{"token":7}"#, #"{"token":"a b"}"#, #"{"token":"a\r\nX: y"}"#,
            #"{"token":"é"}"#,
        ]
    )
    func unusableTokensAreErrors(answer: String) async throws {
        let network = StubNetwork { request in
            request.url.text.hasPrefix("https://auth.quay.io/") ? .init(body: answer) : refused(Self.bearer)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1"))
        }
        #expect(error?.code == .invalidDocument)
    }

    /// Where the credentials would have gone.
    @Test(
        arguments: [
            #"Bearer realm="http://auth.quay.io/token""#, #"Bearer realm="https://169.254.169.254/token""#,
            #"Bearer realm="https://127.0.0.1/token""#, #"Bearer realm="https://x:y@auth.quay.io/""#,
            #"Bearer realm="ftp://quay.io/""#, #"Bearer realm="/token""#, #"Bearer realm="""#,
        ]
    )
    func forbiddenTokenServicesGetNothing(challenge: String) async throws {
        let network = StubNetwork { _ in refused(challenge) }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(error?.code == .unsupportedAuthentication)
        #expect(network.requests.map(\.authorization) == [nil])
        #expect(error?.description.contains("x:y") == false)
    }

    @Test(arguments: [[], ["Negotiate"], [#"Digest realm="x""#, "NTLM"], ["Bearer"], ["\u{1B}[31m"], ["x\u{1B}[31m"]])
    func unknownChallengesAreErrors(challenges: [String]) async throws {
        let network = StubNetwork { _ in
            StubNetwork.Answer(status: 401, headers: challenges.map { ("WWW-Authenticate", $0) }, body: "no")
        }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(error?.code == .unsupportedAuthentication)
        #expect(
            error?.description.contains("how to log in") == true || error?.description.contains("does not know") == true
        )
        #expect(error?.description.contains("\u{1B}") == false)
        #expect(network.requests.count == 1)
    }

    @Test func serverThatSendsTheSecretBackDoesNotGetItShown() async throws {
        let network = StubNetwork { request in
            guard let authorization = request.authorization else { return refused(#"Basic realm="x""#) }
            return .init(
                status: 401,
                headers: [("WWW-Authenticate", "Basic")],
                body: "you sent \(authorization) pass:word"
            )
        }
        let error = await #expect(throws: RegistryError.self) {
            try await transport(network).send(.manifest("quay.io/a/b:1", user: Self.user))
        }
        #expect(error?.description.contains("you sent [secret] [secret]") == false)
        #expect(error?.description.contains("you sent Basic [secret] [secret]") == true, "\(error?.description ?? "")")
    }

    @Test func serverThatARedirectLeadsToGetsNoLogin() async throws {
        let network = StubNetwork { request in
            request.url.text.hasPrefix("https://quay.io/")
                ? .init(status: 307, headers: [("Location", "https://evil.example.org/x")])
                : refused(#"Basic realm="x""#, #"Bearer realm="https://evil.example.org/token""#)
        }
        let transport = AuthTransport(next: RedirectTransport(next: network), logger: Self.logger)
        #expect(try await transport.send(.manifest("quay.io/a/b:1", user: Self.user)).status == 401)
        #expect(network.requests.map(\.authorization) == [nil, nil])
    }

    @Test func credentialsShowNoPassword() {
        var text = "\(Self.user) \(String(reflecting: Self.user))"
        dump(Self.user, to: &text)
        #expect(!text.contains("pass:word"))
        #expect(text.contains("ann"))
    }

    @Test func uploadElsewhereGetsNoCredentials() async throws {
        let network = StubNetwork { $0.url.text.hasPrefix("https://quay.io") ? refused("Basic") : .init() }
        var request = try RegistryRequest.manifest("quay.io/a/b:1", user: Self.user)
        request.url = try RequestURL(parsing: "https://uploads.quay.io/x")
        _ = try await transport(network).send(request)
        #expect(network.requests.map(\.authorization) == [nil])
    }
}
