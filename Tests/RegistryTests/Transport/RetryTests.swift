import Foundation
import NIOHTTP1
import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RetryTests {
    @Test func delaysDoubleWithinBounds() {
        let policy = RetryPolicy()
        let delays = (1...8).map { policy.delay(afterFailures: $0, asked: nil, random: 1) }
        #expect(delays == [0.5, 1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        // Chance takes away up to a half, and adds a little to what a registry asks for.
        #expect(policy.delay(afterFailures: 3, asked: nil, random: 0) == .seconds(1))
        #expect(policy.delay(afterFailures: 1, asked: .seconds(20), random: 0) == .seconds(20))
        #expect(policy.delay(afterFailures: 1, asked: .seconds(20), random: 0.5) == .seconds(21))
        #expect(policy.delay(afterFailures: 1, asked: .seconds(86_400), random: 0) == .seconds(120))
        #expect(policy.delay(afterFailures: 1_000_000, asked: nil, random: 1) == .seconds(30))
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("Thu, 01 Jan 2026 00:01:30 GMT", 90), ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
            ("-1", nil), ("soon", nil), ("", nil), ("Thu, 99 Jan 2026 00:00:00 GMT", nil), ("1e3", nil),
        ] as [(String, Int?)]
    )
    func retryAfterIsSecondsOrADate(text: String, seconds: Int?) {
        let wait = RetryAfter.wait(["Retry-After": text], now: FakeClock.date)
        #expect(wait == seconds.map { .seconds($0) })
    }

    @Test func datesAreReadAsFoundationWritesThem() throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in 0..<1_500 {
            let date = Date(timeIntervalSince1970: 951_782_400 + Double(day) * 86_399 * 7)
            #expect(HTTPDate.parse(formatter.string(from: date)) == date)
        }
    }

    @Test func registrysOwnClockCounts() {
        let headers: HTTPHeaders = [
            "Date": "Tue, 01 Jan 2030 00:00:00 GMT", "Retry-After": "Tue, 01 Jan 2030 00:00:07 GMT",
        ]
        #expect(RetryAfter.wait(headers, now: FakeClock.date) == .seconds(7))
    }

    private func manifest(_ fixture: Fixture) async throws -> RawManifest {
        try await fixture.client.manifest(fixture.reference("a:1"), credentials: nil)
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func passingFailuresPass(status: Int) async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.passingStatus = status
            fixture.registry.faults.passingFailures = 4
            #expect(try await manifest(fixture).digest == image.digest)
            #expect(fixture.registry.requests.count == 5)
            #expect(clock.waits == [0.375, 0.75, 1.5, 3].map { .seconds($0) })
        }
    }

    @Test func droppedConnectionsPass() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.droppedRequests = 2
            #expect(try await manifest(fixture).digest == image.digest)
            #expect(fixture.registry.requests.count == 3 && clock.waits.count == 2)
        }
    }

    @Test func manifestThatIsCutIsFetchedAgain() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.cutManifests = (after: 20, times: 2)
            #expect(try await manifest(fixture).digest == image.digest)
            #expect(fixture.registry.requests.count == 3)
            // Cuts and refusals use up one budget.
            fixture.registry.forgetRequests()
            fixture.registry.faults.cutManifests = (after: 20, times: 100)
            fixture.registry.faults.passingFailures = 2
            await expect(.cut, "try again later") { try await manifest(fixture) }
            #expect(fixture.registry.requests.count == 5)
        }
    }

    @Test(arguments: ["40", "Thu, 01 Jan 2026 00:00:40 GMT"])
    func retryAfterIsHeeded(text: String) async throws {
        let clock = FakeClock(chance: 0)
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.passingStatus = 429
            fixture.registry.faults.passingFailures = 1
            fixture.registry.faults.retryAfter = text
            _ = try await manifest(fixture)
            #expect(clock.waits == [.seconds(40)])
        }
    }

    @Test func attemptsEnd() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            fixture.registry.faults.passingFailures = 1_000
            let error = await expect(.serverFailure, "answered 503: PASSING") { try await manifest(fixture) }
            #expect(error?.isTemporary == true)
            #expect(fixture.registry.requests.count == 5)
        }
    }

    @Test func timeEnds() async throws {
        let clock = FakeClock(chance: 0)
        var settings = Fixture.settings(clock)
        settings.retries.attempts = 1_000
        try await Fixture.with(settings: settings) { fixture in
            fixture.registry.faults.passingStatus = 429
            fixture.registry.faults.passingFailures = 1_000
            fixture.registry.faults.retryAfter = "100"
            await expect(.tooManyRequests, "answered 429") { try await manifest(fixture) }
            #expect(clock.waits == [.seconds(100), .seconds(100), .seconds(100)])
        }
    }

    @Test(arguments: [400, 403, 404, 410, 501, 505])
    func lastingFailuresAreNotTriedAgain(status: Int) async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            fixture.registry.faults.manifestStatus = status
            let error = await #expect(throws: RegistryError.self) { try await manifest(fixture) }
            #expect(error?.isTemporary == false)
            #expect(fixture.registry.requests.count == 1 && clock.waits == [])
        }
    }

    @Test func tokenServiceIsAskedAgain() async throws {
        let attempts = Counter()
        let network = StubNetwork { request in
            if request.url.host.name == "auth.example.org" {
                return attempts.next() < 3 ? .init(status: 503) : .init(body: #"{"token":"good"}"#)
            }
            if request.authorization == "Bearer good" { return .init() }
            let challenge = #"Bearer realm="https://auth.example.org/token",service="x""#
            return .init(status: 401, headers: [("WWW-Authenticate", challenge)])
        }
        let clock = FakeClock()
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: Fixture.settings(clock))
        let reference = try ImageReference(parsing: "registry.example.org/a:1")
        // An empty answer is no manifest: the registry was reached.
        await expect(.invalidDocument, "manifest") { try await client.manifest(reference, credentials: nil) }
        #expect(clock.waits.count == 2)
    }

    @Test func manifestIsPushedAgain() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.passingFailures = 2
            let pushed = try await fixture.client.push(
                manifest: image.bytes,
                mediaType: .dockerManifest,
                to: fixture.reference("a:2"),
                credentials: nil
            )
            #expect(pushed == image.digest)
            #expect(fixture.registry.requests.map(\.method) == ["PUT", "PUT", "PUT"])
        }
    }

    @Test func whoWantsToStopDoesNotWait() async throws {
        try await Fixture.with(settings: NetworkSettings()) { fixture in
            fixture.registry.faults.passingFailures = 1_000
            fixture.registry.faults.retryAfter = "60"
            let reference = try fixture.reference("a:1")
            let client = fixture.client
            let task = Task { try await client.manifest(reference, credentials: nil) }
            while fixture.registry.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
    }
}
