import OCI
import Registry
import TestSupport
import Testing

/// Every kind of 401 that a registry over the network can give.
@Suite(.timeLimit(.minutes(5))) struct FourHundredOneTests {
    static let faults: [FaultCase] = [
        FaultCase(.unsupportedAuthentication, "without saying how to log in") { $0.refusesWithoutChallenge = true },
        FaultCase(.unsupportedAuthentication, "does not know (negotiate)") { $0.challenge = "Negotiate" },
        FaultCase(.unsupportedAuthentication, "does not know (bearer)") { $0.challenge = "Bearer service=x" },
        FaultCase(.unsupportedAuthentication, "is not https") { $0.realm = "http://auth.example.org/token" },
        FaultCase(.unsupportedAuthentication, "link-local") { $0.realm = "https://169.254.169.254/token" },
        FaultCase(.unsupportedAuthentication, "neither an http nor an https URL") { $0.realm = "/token" },
        FaultCase(.unauthorized, "UNAUTHORIZED") { $0.refusesTokens = true },
        FaultCase(.invalidDocument, "no usable token") { $0.tokenAnswer = #"{"token":"","access_token":""}"# },
        FaultCase(.invalidDocument, "is missing") { $0.tokenAnswer = "{}" },
    ]

    @Test(arguments: faults)
    func isAnErrorAndNotALoop(fault: FaultCase) async throws {
        try await Fixture.with(.token(["ann": "pass:word"])) { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fault.fault(&fixture.registry.faults)
            let error = await expect(fault.code, fault.words) {
                try await fixture.client.manifest(
                    fixture.reference("a:1"),
                    credentials: fixture.user("ann", "pass:word")
                )
            }
            #expect(error?.isTemporary == false)
            #expect(error?.description.contains("pass:word") == false)
            #expect(fixture.registry.requests.count <= 3)
        }
    }

    @Test(
        arguments: [
            ["Negotiate", #"Digest realm="a, b=c", qop="auth,auth-int", nonce="x""#], [#"Basic realm="other""#],
            [#"NEGOTIATE YWJj==, DIGEST REALM="x""#],
        ]
    )
    func takesTheRightOneOfSeveral(more: [String]) async throws {
        try await Fixture.with(.token(["ann": "pw"])) { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.moreChallenges = more
            let user = fixture.user("ann", "pw")
            let found = try await fixture.client.manifest(fixture.reference("a:1"), credentials: user)
            #expect(found.digest == image.digest)
        }
    }

    @Test func aTokenServiceOnAnotherHostGetsTheLogin() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pw"])) { service in
            try await Fixture.with(.token(["ann": "pw"])) { fixture in
                try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
                // Its tokens are none of the registry's: what counts is who was asked for one, and how often.
                fixture.registry.faults.realm = "\(service.url)/token"
                await expect(.unauthorized, "UNAUTHORIZED") {
                    try await fixture.client.manifest(fixture.reference("a:1"), credentials: fixture.user("ann", "pw"))
                }
                #expect(service.requests.map(\.path) == ["/token"])
                #expect(service.requests.first?.header("Authorization")?.hasPrefix("Basic ") == true)
                #expect(fixture.registry.requests.map(\.path) == ["/v2/a/manifests/1", "/v2/a/manifests/1"])
            }
        }
    }
}
