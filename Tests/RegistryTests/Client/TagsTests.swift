import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TagsTests {
    private func fill(_ registry: InMemoryRegistry, _ tags: [String]) throws {
        let image = try registry.addImage("a/b", tag: nil, layers: [.tar([1])])
        for tag in tags { try registry.addManifest(image.bytes, .dockerManifest, to: "a/b", tag: tag) }
    }

    private func tags(_ fixture: Fixture) async throws -> [String] {
        try await fixture.client.tags(of: fixture.reference("a/b"), credentials: nil)
    }

    @Test(arguments: [nil, 1, 3, 10], [false, true])
    func pagesAreFollowed(page: Int?, isAbsolute: Bool) async throws {
        try await Fixture.with { fixture in
            let all = (10..<20).map { "v\($0)" }
            try fill(fixture.registry, all)
            fixture.registry.faults.tagPage = page
            if isAbsolute { fixture.registry.faults.tagLinkBase = fixture.registry.url }
            #expect(try await tags(fixture) == all)
            #expect(fixture.registry.requests.count == page.map { (10 + $0 - 1) / $0 } ?? 1)
        }
    }

    /// Registries behind a proxy name themselves as they know each other: the path is asked for where the first page was.
    @Test(arguments: ["http://registry.internal:5000", "https://user-facing.example.org", "//other.example.org"])
    func pagesElsewhereAreAskedForHere(base: String) async throws {
        try await Fixture.with(.basic(["ann": "secret"])) { fixture in
            try fill(fixture.registry, ["1", "2", "3"])
            fixture.registry.faults.tagPage = 1
            fixture.registry.faults.tagLinkBase = base
            let user = fixture.user("ann", "secret")
            let tags = try await fixture.client.tags(of: fixture.reference("a/b"), credentials: user)
            #expect(tags == ["1", "2", "3"])
        }
    }

    @Test func aPageWithAnAddressThatIsNoneIsRefused() async throws {
        let network = StubNetwork { _ in .init(headers: [("Link", "<ftp://x/y>; rel=next")], body: #"{"tags":["1"]}"#) }
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
        let reference = try ImageReference(parsing: "registry.example.org/a")
        await expect(.redirectRefused, "the address of the next page") {
            try await client.tags(of: reference, credentials: nil)
        }
    }

    @Test func listThatDoesNotEndIsRefused() async throws {
        let network = StubNetwork { request in
            .init(headers: [("Link", #"</v2/a/tags/list?last=x>; rel="next""#)], body: #"{"tags":["1"]}"#)
        }
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
        let reference = try ImageReference(parsing: "registry.example.org/a")
        await expect(.unexpectedAnswer, "does not end") { try await client.tags(of: reference, credentials: nil) }
        #expect(network.requests.count == 2)
    }

    @Test(
        arguments: [
            (#"{"tags":null}"#, []), (#"{"name":"a"}"#, []), (#"{"tags":["1","1","a b","../x",""]}"#, ["1"]),
        ]
    )
    func whatIsNoTagIsLeftOut(body: String, expected: [String]) async throws {
        let network = StubNetwork { _ in .init(body: body) }
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
        let reference = try ImageReference(parsing: "registry.example.org/a")
        #expect(try await client.tags(of: reference, credentials: nil) == expected)
    }

    @Test func unknownRepositoryIsSaidSo() async throws {
        let network = StubNetwork { _ in .init(status: 404) }
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.oneAttempt)
        let reference = try ImageReference(parsing: "registry.example.org/a")
        await expect(.notFound, "cannot list the tags of registry.example.org/a") {
            try await client.tags(of: reference, credentials: nil)
        }
    }

    @Test(
        arguments: [
            (["</a>; rel=\"next\""], "/a"), (["</a>; rel=next"], "/a"), (["</a>;REL=\"prev NEXT\""], "/a"),
            (["<https://x/a?b=c,d>; title=\"x, <y>\"; rel=\"next\""], "https://x/a?b=c,d"),
            (["</p>; rel=\"prev\", </n>; rel=\"next\""], "/n"), (["</p>; rel=prev", "</n>; rel=next"], "/n"),
            (["</p>; rel=\"nextish\""], nil), (["nonsense"], nil), ([], nil), (["</a"], nil),
        ] as [([String], String?)]
    )
    func links(values: [String], target: String?) {
        #expect(LinkHeader.next(values) == target)
    }
}
