import Foundation
import Plumbing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlockingExecutorTests {
    private struct Refusal: Error {}

    /// Who is at work at the same time, and on which threads.
    private final class Crowd: Sendable {
        private let state = Mutex((now: 0, most: 0, threads: Set<UInt>()))

        func work() {
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
                $0.threads.insert(UInt(pthread_self()))
            }
            usleep(2_000)
            state.withLock { $0.now -= 1 }
        }

        var most: Int { state.withLock { $0.most } }
        var threads: Int { state.withLock { $0.threads.count } }
    }

    @Test func givesBackValuesAndErrors() async throws {
        let executor = BlockingExecutor(name: "test", threads: 2)
        #expect(try await executor.run { 5 } == 5)
        await #expect(throws: Refusal.self) { try await executor.run { throw Refusal() } }
        let name = try await executor.run { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8) }
        #expect(name == "test\n")
    }

    @Test func manyShareAFewThreads() async throws {
        let executor = BlockingExecutor(name: "test", threads: 3)
        let crowd = Crowd()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await executor.run {
                        crowd.work()
                        return number
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 4950)
        #expect(crowd.most <= 3 && crowd.threads <= 3)
    }

    @Test func oneAfterTheOtherNeedsOneThread() async throws {
        let executor = BlockingExecutor(name: "test", threads: 8)
        let crowd = Crowd()
        for _ in 0..<50 { try await executor.run { crowd.work() } }
        #expect(crowd.threads == 1)
    }

    /// More work waits than there are cooperative threads, and tasks still go on.
    @Test func holdsNoCooperativeThread() async throws {
        let count = ProcessInfo.processInfo.activeProcessorCount + 2
        let executor = BlockingExecutor(name: "test", threads: count)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup { group in
            for _ in 0..<count { group.addTask { try await executor.run { gate.wait() } } }
            for _ in 0..<100 { await Task.yield() }
            for _ in 0..<count { gate.signal() }
            var ended = 0
            for try await _ in group { ended += 1 }
            #expect(ended == count)
        }
    }
}
