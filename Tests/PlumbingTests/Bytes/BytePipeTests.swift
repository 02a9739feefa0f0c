import Plumbing
import TestSupport
import Testing

@Suite("Byte pipes", .timeLimit(.minutes(5)))
struct BytePipeTests {
    struct Failure: Error, Equatable {}

    @Test("everything arrives in order, with no more than the capacity in between")
    func order() async throws {
        let pipe = BytePipe(capacity: 10)
        async let received: [UInt8] = onDedicatedThread("reader") {
            var bytes: [UInt8] = []
            while let chunk = try pipe.read() { bytes += chunk }
            return bytes
        }
        for number in 0..<200 { try await pipe.write([UInt8(number), UInt8(number)]) }
        pipe.finish()
        #expect(try await received == (0..<200).flatMap { [UInt8($0), UInt8($0)] })
    }

    @Test("pipes that share memory hold less while all of them hold too much, and none is stopped for ever")
    func sharedMemory() async throws {
        let memory = BytesInMemory(limit: 1 << 20)
        let piece = [UInt8](repeating: 7, count: 64 << 10)
        // One that nobody reads for now has all that there is.
        let full = BytePipe(capacity: 8 << 20, in: memory)
        for _ in 0..<16 { try await full.write(piece) }
        #expect(!memory.areTooMany && memory.bytes == 1 << 20)
        // Another one gets on all the same, in small steps.
        let other = BytePipe(capacity: 8 << 20, in: memory)
        async let received = onDedicatedThread("reader") {
            var (count, most) = (0, 0)
            while let chunk = try other.read() {
                most = max(most, memory.bytes)
                count += chunk.count
            }
            return (count, most)
        }
        for _ in 0..<100 { try await other.write(piece) }
        other.finish()
        let (count, most) = try await received
        #expect(count == 100 << 16)
        #expect(most <= (16 << 16) + (4 << 16), "\(most)")
        full.finish()
        while try full.read() != nil {}
        #expect(memory.bytes == 0)
    }

    @Test("what a pipe holds at its end is not counted any more")
    func abandonedMemory() async throws {
        let memory = BytesInMemory(limit: 1)
        do {
            let pipe = BytePipe(capacity: 10, in: memory)
            try await pipe.write([1, 2, 3])
            #expect(memory.bytes == 3)
        }
        #expect(memory.bytes == 0)
    }

    @Test("the producer's error comes after what it wrote")
    func producerFails() async throws {
        let pipe = BytePipe(capacity: 10)
        try await pipe.write([1])
        pipe.finish(throwing: Failure())
        let outcome = try await onDedicatedThread("reader") {
            let first = try pipe.read()
            return (first, #expect(throws: Failure.self) { try pipe.read() } != nil)
        }
        #expect(outcome.0 == [1])
        #expect(outcome.1)
    }

    @Test("a consumer that gives up frees a waiting producer")
    func consumerGivesUp() async throws {
        let pipe = BytePipe(capacity: 1)
        let executor = WatchedExecutor()
        let writing = Task(executorPreference: executor) { try await pipe.write(Array(repeating: 0, count: 100)) }
        await executor.settle()
        pipe.cancel(Failure())
        await #expect(throws: Failure.self) { try await writing.value }
        await #expect(throws: Failure.self) { try await pipe.write([1]) }
    }
}
