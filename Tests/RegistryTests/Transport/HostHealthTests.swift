import Logging
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

@Suite("Registries that do not answer are set aside", .timeLimit(.minutes(5)))
struct HostHealthTests {
    private final class Answers: Sendable {
        /// What every request gets; nil for none in time.
        let answer = Mutex<StubNetwork.Answer?>(nil)
    }

    private func with(
        setsAside: Bool = true,
        _ body: (RegistryClient, StubNetwork, Answers, FakeClock) async throws -> Void
    ) async throws {
        let answers = Answers()
        let network = StubNetwork { request in
            guard let answer = answers.answer.withLock({ $0 }) else {
                throw RegistryError(.timedOut, request.purpose, detail: "nothing came in time")
            }
            return answer
        }
        let clock = FakeClock()
        var settings = Fixture.settings(clock)
        settings.setsAside = setsAside
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: settings)
        try await body(client, network, answers, clock)
    }

    private func failure(_ client: RegistryClient, _ name: String = "a.example/b:1") async -> RegistryError? {
        do {
            _ = try await client.digest(of: ImageReference(parsing: name), credentials: nil)
            return nil
        } catch {
            return error as? RegistryError
        }
    }

    @Test func failsAtOnceAndIsAskedAgainLaterAndLater() async throws {
        try await with { client, network, answers, clock in
            // Two attempts are enough for one that never answered; each has less time than usual.
            #expect(await failure(client)?.code == .timedOut)
            #expect(network.requests.map(\.headTimeout) == [.seconds(30), .seconds(30)])
            let refused = await failure(client, "a.example/other:2")
            #expect(refused?.code == .setAside)
            #expect(
                refused?.description
                    == "cannot fetch the manifest of https://a.example/other:2: a.example did not answer before (nothing came "
                    + "in time), and is asked again in 60.0 s"
            )
            #expect(network.requests.count == 2)
            // Another registry is not concerned.
            #expect(await failure(client, "c.example/b:1")?.code == .timedOut)
            for pause in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
                try await clock.clock.sleep(.seconds(pause - 1))
                #expect(await failure(client)?.code == .setAside, "\(pause)")
                try await clock.clock.sleep(.seconds(1))
                #expect(await failure(client)?.code == .timedOut, "\(pause)")
            }
        }
    }

    @Test func anAnswerClearsIt() async throws {
        try await with { client, network, answers, clock in
            #expect(await failure(client)?.code == .timedOut)
            try await clock.clock.sleep(.seconds(60))
            answers.answer.withLock { $0 = StubNetwork.Answer(status: 404) }
            #expect(await failure(client)?.code == .notFound)
            #expect(client.hostHealth.isAnswering("a.example"))
            answers.answer.withLock { $0 = nil }
            #expect(await failure(client)?.code == .timedOut)
            try await clock.clock.sleep(.seconds(60))
            #expect(await failure(client)?.code == .timedOut)
        }
    }

    @Test func otherCommandsKeepTheirTimeouts() async throws {
        try await with(setsAside: false) { client, network, _, _ in
            #expect(await failure(client)?.code == .timedOut)
            #expect(await failure(client)?.code == .timedOut)
            #expect(network.requests.count == 6)
            #expect(network.requests.allSatisfy { $0.headTimeout == nil })
        }
    }
}
