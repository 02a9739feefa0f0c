import Foundation
import State
import TestSupport
import Testing

/// Writes that come while another is made share a transaction, and nothing else.
@Suite("Writes that come together") struct WriteQueueTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("one that fails takes nothing of the others away, and each is told of itself")
    func failures() async throws {
        let database = try await StateDatabase.make(in: folder)
        let wanted = try await database.addSample()
        let conversions = await withTaskGroup(of: (Int, Result<Int64, any Error>).self) { group in
            for number in 0..<60 {
                group.addTask {
                    // Every third one is of a desiderata that there is not.
                    let id = number.isMultiple(of: 3) ? 1_000 + Int64(number) : wanted.id
                    do {
                        return (number, .success(try await database.history.startConversion(of: id, at: Samples.now)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            var results: [Int: Result<Int64, any Error>] = [:]
            for await (number, result) in group { results[number] = result }
            return results
        }
        var numbers: Set<Int64> = []
        for (number, result) in conversions {
            if number.isMultiple(of: 3) {
                #expect(throws: StateError.unknownDesiderata(1_000 + Int64(number))) { try result.get() }
            } else {
                numbers.insert(try result.get())
            }
        }
        #expect(numbers.count == 40)
        let history = try await database.history.conversions(of: wanted.id, limit: 1_000)
        #expect(Set(history.map(\.id)) == numbers)
        // Each interrupted the one before it.
        #expect(history.count { $0.outcome == .running } == 1)
        try await database.close()
    }

    @Test("what a cancelled task has asked for is written")
    func cancelled() async throws {
        let database = try await StateDatabase.make(in: folder)
        let wanted = try await database.addSample()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await database.history.startConversion(of: wanted.id, at: Samples.now)
        }
        let conversion = try await task.value
        #expect(try await database.history.lastConversion(of: wanted.id)?.id == conversion)
        try await database.close()
    }
}
