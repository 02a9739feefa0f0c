import NIOHTTP1
import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    private func settings(_ registry: InMemoryRegistry, _ change: (inout HostSettings) -> Void) -> NetworkSettings {
        var settings = NetworkSettings()
        var host = HostSettings()
        change(&host)
        settings.hosts.hosts[registry.host] = host
        return settings
    }

    private func with(
        _ change: (inout HostSettings) -> Void,
        access: InMemoryRegistryAccess = .open,
        clock: NetworkClock = .system,
        _ body: (InMemoryRegistry, RegistryClient, ImageReference) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(access) { registry in
            try registry.addImage("a", tag: "1", layers: [.tar([1])])
            var settings = settings(registry, change)
            settings.clock = clock
            let reference = try ImageReference(parsing: registry.reference("a:1"))
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                try await body(registry, $0, reference)
            }
        }
    }

    @Test(arguments: [(nil, 32), (5, 5), (1, 1)] as [(Int?, Int)])
    func requestsAtTheSameTime(limit: Int?, most: Int) async throws {
        try await with({ $0.concurrent = limit }) { registry, client, reference in
            // One more that came would be seen while those are held.
            registry.faults.crowd = most
            registry.faults.delay = 100
            try await withThrowingTaskGroup { group in
                for _ in 0..<(most * 4) {
                    group.addTask { _ = try await client.manifest(reference, credentials: nil) }
                }
                try await group.waitForAll()
            }
            #expect(registry.requests.count == most * 4)
            #expect(registry.mostAtOnce == most)
        }
    }

    /// The permit of a request is held as long as its body comes, and not longer.
    @Test func bodiesCount() async throws {
        try await with({ $0.concurrent = 1 }) { registry, client, reference in
            let blob = try registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: 1_000)
            struct Enough: Error {}
            let other = Task {
                while registry.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                return try await client.manifest(reference, credentials: nil)
            }
            await #expect(throws: Enough.self) {
                try await client.streamBlob(blob, of: reference, credentials: nil) { _ in
                    try await Task.sleep(for: .milliseconds(50))
                    #expect(registry.requests.count == 1)
                    throw Enough()
                }
            }
            _ = try await other.value
            #expect(registry.requests.count == 2)
        }
    }

    @Test func whoWaitsCanStop() async throws {
        try await with({ $0.concurrent = 1 }) { registry, client, reference in
            registry.faults.crowd = .max
            let first = Task { try await client.manifest(reference, credentials: nil) }
            while registry.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            let executor = WatchedExecutor()
            let second = Task(executorPreference: executor) { try await client.manifest(reference, credentials: nil) }
            await executor.settle()
            second.cancel()
            await #expect(throws: CancellationError.self) { _ = try await second.value }
            registry.faults.crowd = 0
            _ = try await first.value
            _ = try await client.manifest(reference, credentials: nil)
            #expect(registry.requests.count == 2)
        }
    }

    /// A refused login is answered by another request, however much of the refusal is unread.
    @Test func refusalHoldsNoPermit() async throws {
        try await with({ $0.concurrent = 1 }, access: .basic(["ann": "pw"])) { registry, client, reference in
            registry.faults.errorBody = String(repeating: "no ", count: 1 << 20)
            let ann = RegistryCredentials(host: registry.host, username: "ann", password: "pw")
            _ = try await client.manifest(reference, credentials: ann)
            #expect(registry.requests.count == 2)
        }
    }

    @Test func requestsASecond() async throws {
        let clock = FakeClock()
        try await with({ $0.perSecond = 4 }, clock: clock.clock) { _, client, reference in
            for _ in 0..<9 { _ = try await client.manifest(reference, credentials: nil) }
            #expect(clock.passed == .seconds(2))
        }
    }

    @Test(
        arguments: [
            (["ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"], [100, 76, 21_600]),
            (["RateLimit-Limit": "200; w=60", "RateLimit-Remaining": "0"], [200, 0, 60]),
            (["ratelimit-limit": "100", "ratelimit-remaining": "76"], nil),
            (["ratelimit-limit": "100;w=0", "ratelimit-remaining": "76;w=0"], nil),
            (["ratelimit-remaining": "76;w=21600"], nil), (["ratelimit-limit": "many;w=1"], nil), ([:], nil),
        ] as [(HTTPHeaders, [Int]?)]
    )
    func whatTheRegistryAllows(headers: HTTPHeaders, values: [Int]?) {
        let limit = RateLimit(headers)
        #expect(limit.map { [$0.limit, $0.remaining, Int($0.window / .seconds(1))] } == values)
    }

    /// Where nobody says how many pulls are to be left, it is a tenth of what the registry allows.
    @Test func aTenthOfThePullsIsLeft() async throws {
        let clock = FakeClock()
        try await with({ _ in }, clock: clock.clock) { registry, client, reference in
            registry.faults.pullsLeft = 12
            for _ in 0..<2 { _ = try await client.manifest(reference, credentials: nil) }
            #expect(clock.waits == [])
            for _ in 0..<2 { _ = try await client.manifest(reference, credentials: nil) }
            #expect(clock.waits == [.seconds(216), .seconds(216)])
        }
    }

    /// The registry never has to refuse: pulls come at the pace at which it allows new ones, and a HEAD is none.
    @Test func pullsArePacedBeforeTheyAreRefused() async throws {
        let clock = FakeClock()
        try await with({ $0.pullReserve = 3 }, clock: clock.clock) { registry, client, reference in
            registry.faults.pullsLeft = 6
            for _ in 0..<3 { _ = try await client.manifest(reference, credentials: nil) }
            #expect(clock.waits == [])
            for _ in 0..<2 { _ = try await client.manifest(reference, credentials: nil) }
            #expect(clock.waits == [.seconds(216), .seconds(216)])
            _ = try await client.digest(of: reference, credentials: nil)
            #expect(clock.waits.count == 2)
            registry.faults.pullsLeft = 90
            _ = try await client.manifest(reference, credentials: nil)
            #expect(clock.waits.count == 3)
            _ = try await client.manifest(reference, credentials: nil)
            #expect(clock.waits.count == 3)
            #expect(registry.requests.count == 8)
        }
    }
}
