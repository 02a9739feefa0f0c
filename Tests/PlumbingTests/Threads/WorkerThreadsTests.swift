import Plumbing
import Synchronization
import Testing

@Suite("Worker threads", .timeLimit(.minutes(5)))
struct WorkerThreadsTests {
    @Test("every job runs, though the queue is short")
    func allJobs() async throws {
        let sum = try await onDedicatedThread("submitter") {
            let sum = Atomic<Int>(0)
            let box = Box(sum)
            let workers = try WorkerThreads(name: "test", count: 3, queueLimit: 2)
            for number in 1...1000 { workers.submit { box.value.add(number, ordering: .relaxed) } }
            workers.finish()
            return box.value.load(ordering: .relaxed)
        }
        #expect(sum == 500_500)
    }

    @Test("a budget lets nothing above its limit through at once")
    func budget() async throws {
        let highest = try await onDedicatedThread("submitter") {
            let budget = ByteBudget(limit: 100)
            let used = Mutex((now: 0, most: 0))
            let box = MutexBox(used)
            let workers = try WorkerThreads(name: "test", count: 4, queueLimit: 100)
            for _ in 0..<200 {
                budget.take(40)
                box.value.withLock {
                    $0.now += 40
                    $0.most = max($0.most, $0.now)
                }
                workers.submit {
                    box.value.withLock { $0.now -= 40 }
                    budget.giveBack(40)
                }
            }
            workers.finish()
            return box.value.withLock { $0.most }
        }
        #expect(highest <= 80)
    }

    private final class Box: Sendable {
        let value: Atomic<Int>
        init(_ value: consuming Atomic<Int>) { self.value = value }
    }

    private final class MutexBox: Sendable {
        let value: Mutex<(now: Int, most: Int)>
        init(_ value: consuming Mutex<(now: Int, most: Int)>) { self.value = value }
    }
}
