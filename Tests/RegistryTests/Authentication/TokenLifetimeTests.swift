import Foundation
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

/// How long tokens are used: `expires_in`, counted from `issued_at`.
@Suite struct TokenLifetimeTests {
    /// The seconds for which a token with these members is used; asked for with a step of one second, up to `limit`.
    private func lifetime(
        _ members: String,
        date: String?,
        today: Date = FakeClock.date,
        limit: Int
    ) async throws -> Int {
        let clock = Mutex(ContinuousClock.now)
        let asked = Mutex(0)
        let network = StubNetwork { request in
            if request.url.text.hasPrefix("https://auth.quay.io/") {
                asked.withLock { $0 += 1 }
                return .init(headers: date.map { [("Date", $0)] } ?? [], body: #"{"token":"t"\#(members)}"#)
            }
            return request.authorization == nil
                ? .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)]) : .init()
        }
        let transport = AuthTransport(
            next: network,
            logger: AuthTransportTests.logger,
            clock: .of(date: today) { clock.withLock { $0 } }
        )
        for second in 0...limit {
            _ = try await transport.send(.manifest("quay.io/a/b:1"))
            if asked.withLock({ $0 }) > 1 { return second }
            clock.withLock { $0 += .seconds(1) }
        }
        return limit
    }

    private static let noon = "Tue, 24 Nov 2020 12:00:00 GMT"

    @Test(
        arguments: [
            ("", nil, 50),
            (#","expires_in":100"#, nil, 90),
            (#","expires_in":8"#, nil, 6),
            // Made half a minute before it was handed out, by the service's own clock.
            (#","expires_in":100,"issued_at":"2020-11-24T11:59:30Z""#, noon, 60),
            (#","expires_in":100,"issued_at":"2020-11-24T11:59:30.123456789Z""#, noon, 60),
            (#","issued_at":"2020-11-24T11:59:50Z""#, noon, 40),
            // From a clock that is ahead, from no time at all, with a date that is none.
            (#","expires_in":100,"issued_at":"2020-11-24T12:10:00Z""#, noon, 90),
            (#","expires_in":100,"issued_at":"yesterday""#, noon, 90),
            (#","expires_in":100,"issued_at":7"#, noon, 90),
            (#","expires_in":100,"issued_at":"2020-11-24T11:59:30Z""#, "noon", 90),
            // Our clock is years ahead of it: that tells nothing of the token.
            (#","expires_in":100,"issued_at":"2020-11-24T11:59:30Z""#, nil, 90),
        ] as [(String, String?, Int)]
    )
    func lasts(members: String, date: String?, seconds: Int) async throws {
        let found = try await lifetime(members, date: date, limit: 120)
        #expect(abs(found - seconds) <= 1, "\(found)")
    }

    /// Where the service does not say what time it is, the clock counts that was handed in.
    @Test func ageByOurClock() async throws {
        let noon = try Date("2020-11-24T12:00:00Z", strategy: .iso8601)
        let members = #","expires_in":100,"issued_at":"2020-11-24T11:59:30Z""#
        let found = try await lifetime(members, date: nil, today: noon, limit: 120)
        #expect(abs(found - 60) <= 1, "\(found)")
    }

    @Test func expiryInTheMiddleOfAnImageIsNotSeen() async throws {
        try await Fixture.with(.token(["ann": "pw"], lifetime: 3_600)) { fixture in
            let user = fixture.user("ann", "pw")
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1]), .tar([2]), .tar([3])])
            let reference = try fixture.reference("a:1")
            let found = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: user)
            for layer in image.manifest.layers {
                // All at once: they share one new token.
                fixture.registry.revokeTokens()
                try await withThrowingTaskGroup { group in
                    for _ in 0..<4 {
                        group.addTask {
                            _ = try await fixture.client.blob(layer, of: reference, credentials: user)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(found.manifest.layers.count == 3)
            #expect(fixture.registry.requests.filter { $0.path == "/token" }.count == 4)
        }
    }
}
