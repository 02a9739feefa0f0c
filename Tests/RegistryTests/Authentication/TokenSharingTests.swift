import OCI
import Registry
import Synchronization
import Testing

/// One token request at a time for each need.
@Suite(.timeLimit(.minutes(5))) struct TokenSharingTests {
    /// A registry whose token service answers when it is told to.
    private final class SlowService: Sendable {
        let asked = Mutex(0)
        private let arrived = Mutex(0)
        private let answers = Mutex<[String]>([])
        private let crowd: Int

        /// The registry lets nobody know that it wants tokens before `crowd` requests have arrived.
        init(crowd: Int = 1) {
            self.crowd = crowd
        }

        /// Lets one question be answered: with this token, with a failure where it is empty.
        func answer(_ token: String) { answers.withLock { $0.append(token) } }

        func network() -> StubNetwork {
            StubNetwork { request in
                if request.url.text.hasPrefix("https://auth.quay.io/") { return try await self.tokenAnswer() }
                if request.authorization != nil { return .init() }
                self.arrived.withLock { $0 += 1 }
                while self.arrived.withLock({ $0 }) < self.crowd { try await Task.sleep(for: .milliseconds(2)) }
                return .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)])
            }
        }

        private func tokenAnswer() async throws -> StubNetwork.Answer {
            asked.withLock { $0 += 1 }
            while true {
                try await Task.sleep(for: .milliseconds(2))
                guard let token = answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
                return token.isEmpty ? .init(status: 503) : .init(body: #"{"token":"\#(token)"}"#)
            }
        }

        func waitForQuestions(_ count: Int) async throws {
            while asked.withLock({ $0 }) < count { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    private func start(_ transport: AuthTransport) -> Task<Int, any Error> {
        Task { try await transport.send(.manifest("quay.io/a/b:1")).status }
    }

    @Test func manyShareOneRequest() async throws {
        let service = SlowService(crowd: 20)
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let tasks = (0..<20).map { _ in start(transport) }
        try await service.waitForQuestions(1)
        try await Task.sleep(for: .milliseconds(50))
        service.answer("t")
        for task in tasks { #expect(try await task.value == 200) }
        #expect(service.asked.withLock { $0 } == 1)
    }

    @Test func manyShareOneFailure() async throws {
        let service = SlowService(crowd: 10)
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let tasks = (0..<10).map { _ in start(transport) }
        try await service.waitForQuestions(1)
        // Who comes after the failure asks again: give everybody the time to be there before.
        try await Task.sleep(for: .milliseconds(300))
        for _ in tasks { service.answer("") }
        for task in tasks {
            let error = await #expect(throws: RegistryError.self) { try await task.value }
            #expect(error?.code == .serverFailure)
        }
        #expect(service.asked.withLock { $0 } < tasks.count)
    }

    @Test func whoWaitsAsksWhenTheOneWhoAskedIsCancelled() async throws {
        let service = SlowService()
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let first = start(transport)
        try await service.waitForQuestions(1)
        let second = start(transport)
        try await Task.sleep(for: .milliseconds(20))
        first.cancel()
        try await service.waitForQuestions(2)
        service.answer("t")
        #expect(try await second.value == 200)
        await #expect(throws: CancellationError.self) { try await first.value }
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let service = SlowService()
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let first = start(transport)
        try await service.waitForQuestions(1)
        let second = start(transport)
        try await Task.sleep(for: .milliseconds(20))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        service.answer("t")
        #expect(try await first.value == 200)
    }
}
