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
