import OCI
import Registry
import Synchronization
import TestSupport
import Testing

/// One token request at a time for each need.
@Suite(.timeLimit(.minutes(5))) struct TokenSharingTests {
    /// A registry whose token service answers when it is told to.
    private final class SlowService: Sendable {
        private let questions = Mutex<[AsyncStream<String>.Continuation]>([])
        private let early = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let crowd: Int

        /// The registry lets nobody know that it wants tokens before `crowd` requests have arrived.
        init(crowd: Int = 1) {
            self.crowd = crowd
        }

        /// How often a token was asked for.
        var asked: Int { questions.withLock { $0.count } }

        /// Answers a question, the first one being 0: with this token, with a failure where it is empty.
        func answer(_ question: Int, _ token: String) {
            _ = questions.withLock { $0[question].yield(token) }
        }

        func network() -> StubNetwork {
            StubNetwork { request in
                if request.url.text.hasPrefix("https://auth.quay.io/") { return try await self.tokenAnswer() }
                if request.authorization != nil { return .init() }
                await self.meet()
                return .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)])
            }
        }

        private func meet() async {
            await withCheckedContinuation { continuation in
                let all = early.withLock { early in
                    early.append(continuation)
                    guard early.count >= crowd else { return [CheckedContinuation<Void, Never>]() }
                    defer { early = [] }
                    return early
                }
                for one in all { one.resume() }
            }
        }

        private func tokenAnswer() async throws -> StubNetwork.Answer {
            let (answers, question) = AsyncStream.makeStream(of: String.self)
            questions.withLock { $0.append(question) }
            for await token in answers {
                return token.isEmpty ? .init(status: 503) : .init(body: #"{"token":"\#(token)"}"#)
            }
            throw CancellationError()
        }
    }

    private let executor = WatchedExecutor()

    private func start(_ transport: AuthTransport) -> Task<Int, any Error> {
        Task(executorPreference: executor) { try await transport.send(.manifest("quay.io/a/b:1")).status }
    }

    @Test func manyShareOneRequest() async throws {
        let service = SlowService(crowd: 20)
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let tasks = (0..<20).map { _ in start(transport) }
        await executor.settle()
        #expect(service.asked == 1)
        service.answer(0, "t")
        for task in tasks { #expect(try await task.value == 200) }
        #expect(service.asked == 1)
    }

    @Test func manyShareOneFailure() async throws {
        let service = SlowService(crowd: 10)
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let tasks = (0..<10).map { _ in start(transport) }
        // Who comes after the failure would ask again.
        await executor.settle()
        service.answer(0, "")
        for task in tasks {
            let error = await #expect(throws: RegistryError.self) { try await task.value }
            #expect(error?.code == .serverFailure)
        }
        #expect(service.asked == 1)
    }

    @Test func whoWaitsAsksWhenTheOneWhoAskedIsCancelled() async throws {
        let service = SlowService()
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let first = start(transport)
        await executor.settle()
        let second = start(transport)
        await executor.settle()
        #expect(service.asked == 1)
        first.cancel()
        await executor.settle()
        try #require(service.asked == 2)
        service.answer(1, "t")
        #expect(try await second.value == 200)
        await #expect(throws: CancellationError.self) { try await first.value }
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let service = SlowService()
        let transport = AuthTransport(next: service.network(), logger: AuthTransportTests.logger)
        let first = start(transport)
        await executor.settle()
        let second = start(transport)
        await executor.settle()
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        service.answer(0, "t")
        #expect(try await first.value == 200)
        #expect(service.asked == 1)
    }
}
