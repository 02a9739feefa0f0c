import Synchronization

/// A counting semaphore that tasks wait for: the right to do something so many times at once, in the order of coming.
package final class AsyncSemaphore: Sendable {
    private struct State {
        var free: Int
        var waiting: [(number: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        var lastNumber: UInt64 = 0
    }

    private let state: Mutex<State>

    /// So many at once.
    package init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Waits for one. It is taken as long as it lives, unless it is released before. Throws `CancellationError`.
    package func take() async throws -> Permit {
        let number: UInt64? = state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.lastNumber += 1
            return state.lastNumber
        }
        if let number { try await wait(number) }
        return Permit { [self] in giveBack() }
    }

    private func wait(_ number: UInt64) async throws {
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    // One may have come free since.
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
        if !isTaken { throw CancellationError() }
    }

    private func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
