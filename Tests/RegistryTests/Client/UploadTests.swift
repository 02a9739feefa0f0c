import OCI
import Registry
import TestSupport
import Testing

/// Uploads that are cut, in pieces, or not needed.
@Suite(.timeLimit(.minutes(5))) struct UploadTests {
    private static let bytes = Fixture.bytes(300_000)

    private func push(
        _ fixture: Fixture,
        to name: String = "a:1",
        isNew: Bool = true,
        user: RegistryCredentials? = nil
    ) async throws {
        let digest = try Digest.sha256(of: Self.bytes)
        let wasNew = try await fixture.client.push(
            blob: Self.bytes,
            digest: digest,
            to: fixture.reference(name),
            credentials: user
        )
        #expect(wasNew == isNew)
        #expect(fixture.registry.blob(digest) == Self.bytes)
    }

    private func methods(_ fixture: Fixture) -> [String] { fixture.registry.requests.map(\.method) }

    @Test func oneRequestWhereNothingIsWrong() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            try await push(fixture)
            #expect(methods(fixture) == ["HEAD", "POST", "PUT"])
            try await push(fixture, isNew: false)
        }
    }

    @Test func sessionIsAskedHowFarItIs() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            fixture.registry.faults.cutUploadAfter = 123_456
            try await push(fixture)
            #expect(methods(fixture) == ["HEAD", "POST", "PUT", "GET", "PATCH", "PUT"])
            let patch = fixture.registry.requests[4]
            #expect(patch.header("Content-Range") == "123456-299999" && patch.body.count == 176_544)
            #expect(fixture.registry.requests[5].body == [])
            #expect(clock.waits.count == 1)
        }
    }

    @Test func sessionThatIsGoneIsReplaced() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.cutUploadAfter = 1_000
            fixture.registry.faults.forgetsSessions = true
            try await push(fixture)
            #expect(methods(fixture) == ["HEAD", "POST", "PUT", "GET", "HEAD", "POST", "PUT"])
        }
    }

    @Test func emptySessionTakesAllAgain() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.cutUploadAfter = 0
            try await push(fixture)
            #expect(methods(fixture) == ["HEAD", "POST", "PUT", "GET", "PUT"])
        }
    }

    @Test func registryThatLimitsRequestsGetsPieces() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.uploadLimit = 100_000
            try await push(fixture)
            let patches = fixture.registry.requests.filter { $0.method == "PATCH" && $0.body.count <= 100_000 }
            #expect(patches.map { $0.body.count } == [75_000, 75_000, 75_000, 75_000])
        }
    }

    @Test func piecesAreAsLargeAsTheRegistryWantsThem() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.uploadLimit = 160_000
            fixture.registry.faults.smallestPiece = 155_000
            try await push(fixture)
            let ranges = fixture.registry.requests.compactMap { $0.header("Content-Range") }
            #expect(ranges == ["0-154999", "155000-299999"])
        }
    }

    @Test func anotherRegistryIsNotMountedFrom() async throws {
        try await InMemoryRegistry.with { other in
            try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
                try await push(fixture, to: "first/a:1")
                let bytes = Self.bytes
                let isNew = try await fixture.client.push(
                    blob: bytes,
                    digest: .sha256(of: bytes),
                    to: ImageReference(parsing: other.reference("second/b:1")),
                    credentials: nil
                )
                #expect(isNew)
                #expect(other.requests.map(\.method) == ["HEAD", "POST", "PUT"])
                #expect(other.requests.allSatisfy { $0.queryValues("mount").isEmpty })
            }
        }
    }

    @Test func pieceThatIsCutGoesOn() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.uploadLimit = 160_000
            fixture.registry.faults.cutUploadAfter = 50_000
            try await push(fixture)
            let ranges = fixture.registry.requests.compactMap { $0.header("Content-Range") }
            #expect(ranges == ["0-149999", "50000-199999", "200000-299999"])
        }
    }

    @Test func limitThatNothingFitsIsExplained() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.uploadLimit = 1_000
            let error = await expect(.tooLarge, "client_max_body_size") { try await push(fixture) }
            #expect(error?.status == 413)
        }
    }

    @Test func passingFailuresOfEveryStepPass() async throws {
        for step in 0..<3 {
            let clock = FakeClock()
            try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
                if step == 0 { fixture.registry.faults.passingFailures = 1 }
                if step == 1 { fixture.registry.faults.droppedRequests = 2 }
                if step == 2 { fixture.registry.faults.passingFailures = 3 }
                try await push(fixture)
                #expect(!clock.waits.isEmpty)
            }
        }
    }

    @Test func attemptsEnd() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.blobPushStatus = 503
            await expect(.serverFailure, "503") { try await push(fixture) }
            #expect(methods(fixture).count { $0 == "POST" } == 5)
        }
    }

    @Test func otherRepositoryIsMountedFrom() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.separatesRepositories = true
            try await push(fixture, to: "first/a:1")
            fixture.registry.forgetRequests()
            try await push(fixture, to: "second/b:1")
            #expect(methods(fixture) == ["HEAD", "POST"])
            let post = try #require(fixture.registry.requests.last)
            #expect(post.queryValues("from") == ["first/a"])
            let digest = try Digest.sha256(of: Self.bytes)
            #expect(post.queryValues("mount") == [digest.description])
        }
    }

    /// A token for the target alone does not let anybody mount from another repository.
    @Test(arguments: [false, true])
    func aTokenForBothRepositoriesIsAskedFor(isRefreshToken: Bool) async throws {
        try await Fixture.with(.token(["ann": "pw"]), settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.separatesRepositories = true
            var user = fixture.user("ann", "pw")
            if isRefreshToken {
                fixture.registry.faults.refreshTokens = .get
                let token = try await fixture.client.refreshToken(at: fixture.reference("a:1"), credentials: user)
                user = RegistryCredentials(
                    host: fixture.registry.host,
                    username: "ann",
                    secret: try #require(token),
                    kind: .identityToken
                )
            }
            try await push(fixture, to: "first/a:1", user: user)
            fixture.registry.forgetRequests()
            try await push(fixture, to: "second/b:1", user: user)
            let scopes = fixture.registry.requests.filter { $0.path == "/token" }
                .map { isRefreshToken ? $0.formValues("scope") : $0.queryValues("scope") }
            let (target, source) = ("repository:second/b:pull,push", "repository:first/a:pull")
            #expect(scopes == [[target], isRefreshToken ? ["\(target) \(source)"] : [target, source]])
            #expect(methods(fixture).filter { $0 == "PUT" || $0 == "PATCH" } == [])
        }
    }

    /// Whoever may not read that repository may push to this one all the same.
    @Test func whereTheSourceMayNotBeReadTheBytesAreSent() async throws {
        try await Fixture.with(.token(["ann": "pw"]), settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.separatesRepositories = true
            let user = fixture.user("ann", "pw")
            try await push(fixture, to: "first/a:1", user: user)
            fixture.registry.faults.ungrantedRepositories = ["first/a"]
            fixture.registry.forgetRequests()
            try await push(fixture, to: "second/b:1", user: user)
            #expect(methods(fixture).suffix(2) == ["POST", "PUT"])
        }
    }

    @Test func registryThatDoesNotMountGetsTheBytes() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            fixture.registry.faults.separatesRepositories = true
            try await push(fixture, to: "first/a:1")
            fixture.registry.forgetBlobHomes()
            fixture.registry.forgetRequests()
            try await push(fixture, to: "second/b:1")
            #expect(methods(fixture) == ["HEAD", "POST", "PUT"])
        }
    }
}
