import Plumbing
import Synchronization
import Testing

@Suite("Pools", .timeLimit(.minutes(5)))
struct PoolTests {
    private struct Refusal: Error {}

    /// Takes numbers out of a pool in so many threads at once. Returns how many different ones there were, and how many
    /// were out at the same time at most.
    private func use(limit: Int, threads: Int, failing: Bool = false) async throws -> (items: Int, most: Int) {
        try await onDedicatedThread("user") {
            let box = Shared()
            let pool = Pool(0, limit: limit) {
                if failing { throw Refusal() }
                return box.next.withLock { number in
                    defer { number += 1 }
                    return number
                }
            }
            let workers = try WorkerThreads(name: "pool", count: threads, queueLimit: 1000)
            for _ in 0..<1000 {
                workers.submit {
                    pool.with { item in
                        box.seen.withLock { seen in
                            seen.items.insert(item)
                            #expect(seen.out.insert(item).inserted, "in two hands")
                            seen.most = max(seen.most, seen.out.count)
                        }
                        box.seen.withLock { _ = $0.out.remove(item) }
                    }
                }
            }
            workers.finish()
            return box.seen.withLock { ($0.items.count, $0.most) }
        }
    }

    private final class Shared: Sendable {
        let next = Mutex(1)
        let seen = Mutex((items: Set<Int>(), out: Set<Int>(), most: 0))
    }

    @Test("nothing is in two hands, and there are no more than the limit", arguments: [1, 2, 5])
    func limit(limit: Int) async throws {
        let used = try await use(limit: limit, threads: 8)
        #expect((1...limit).contains(used.items))
        #expect(used.most <= limit)
    }

    @Test("where no more can be made, the first has to do")
    func failing() async throws {
        #expect(try await use(limit: 5, threads: 8, failing: true) == (1, 1))
    }

    @Test("who asks while the first is out gets another")
    func second() {
        let pool = Pool("first", limit: 2) { "second" }
        pool.with { outer in
            pool.with { inner in #expect([outer, inner] == ["first", "second"]) }
        }
        pool.with { #expect($0 == "first") }
    }
}
