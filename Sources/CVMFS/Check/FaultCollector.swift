import Synchronization

/// Gathers faults from all threads of a check.
final class FaultCollector: Sendable {
    /// A repository can be broken in every row; nobody reads more than this.
    static let limit = 10_000

    private struct State {
        var faults: Set<CheckFault> = []
        var omitted = 0
    }

    private let state = Mutex(State())

    func add(_ rule: CheckRule, _ path: String, _ text: String) {
        let fault = CheckFault(rule: rule, path: path, text: text)
        state.withLock { state in
            if state.faults.count < Self.limit { state.faults.insert(fault) } else { state.omitted += 1 }
        }
    }

    /// What `body` returns; nil after an error, which becomes a fault.
    func attempt<T>(_ rule: CheckRule, _ path: String, _ body: () throws -> T) -> T? {
        do {
            return try body()
        } catch {
            add(rule, path, "\(error)")
            return nil
        }
    }

    var result: (faults: [CheckFault], omitted: Int) {
        state.withLock { ($0.faults.sorted(), $0.omitted) }
    }
}
