import Plumbing

/// Writes results in order while the work goes on: who stops the terminal holds up the end of the program, and nothing
/// before it (docs/decisions/042-one-thread-writes-messages.md).
final class ResultWriter: Sendable {
    private let results: AsyncStream<String>.Continuation
    private let ended: AsyncStream<Void>
    private let writing: Task<Void, any Error>

    /// A writer that keeps so many results of what nobody reads, the newest ones: the database has all of them.
    init(keeping limit: Int = .max) {
        let policy: AsyncStream<String>.Continuation.BufferingPolicy =
            limit == .max ? .unbounded : .bufferingNewest(limit)
        let (stream, results) = AsyncStream.makeStream(of: String.self, bufferingPolicy: policy)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.results = results
        self.ended = ended
        writing = Task {
            defer { end.finish() }
            for await text in stream { try await StandardOutput.write(besides: text) }
        }
    }

    /// Writes text soon.
    func write(_ text: String) {
        results.yield(text)
    }

    /// Writes a line soon, as ``StandardOutput/line(_:)`` does.
    func line(_ text: String) {
        write(Printable.lines(text, keeping: "\t") + "\n")
    }

    /// Waits until everything is written, or until the task is cancelled: then what waits is left.
    ///
    /// Throws ``StandardOutput/Failure``. That nobody reads any more is none: who does not read results wants the work.
    func finish() async throws {
        results.finish()
        for await _ in ended {}
        try Task.checkCancellation()
        do {
            try await writing.value
        } catch is StandardOutput.Closed {}
    }
}
