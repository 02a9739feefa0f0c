import Plumbing
import Synchronization

/// The passes of a loop: one that works, and some of which everything that is left waits for registries that hang. What these
/// registries have to do with is left to them.
final class PassesUnderWay: Sendable {
    /// So many passes at the same time: each that hangs keeps connections and what it knows.
    static let most = 8

    private struct State {
        var next = 0
        /// The registries of each; none for one that works.
        var hanging: [Int: Set<String>] = [:]
        var ended = Latch()
    }

    private let state = Mutex(State())

    /// Begins one; returns its number.
    func begin() -> Int {
        state.withLock { state in
            state.next += 1
            state.hanging[state.next] = []
            return state.next
        }
    }

    /// Notes that one only waits for these registries.
    func hang(_ number: Int, at hosts: Set<String>) { state.withLock { $0.hanging[number] = hosts } }

    /// Ends one.
    func end(_ number: Int) {
        let latch = state.withLock { state in
            state.hanging[number] = nil
            defer { state.ended = Latch() }
            return state.ended
        }
        latch.open()
    }

    /// The registries that some pass waits for.
    var hosts: Set<String> { state.withLock { $0.hanging.values.reduce(into: []) { $0.formUnion($1) } } }

    /// Waits until there may be one more. Throws `CancellationError`.
    func waitForPlace() async throws {
        while true {
            let latch = state.withLock { $0.hanging.count < Self.most ? nil : $0.ended }
            guard let latch else { return }
            try await latch.wait()
        }
    }
}
