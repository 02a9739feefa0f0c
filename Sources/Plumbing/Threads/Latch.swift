import Synchronization

/// Something that happens once, or fails to, and that any number of tasks wait for.
package final class Latch: Sendable {
    private enum State {
        case closed(waiting: [Int: CheckedContinuation<Void, any Error>], next: Int)
        case ended(Result<Void, any Error>)
    }

    private let state = Mutex(State.closed(waiting: [:], next: 0))

    /// A latch that is closed.
    package init() {}

    /// Lets through who waits and who comes later. Only the first end counts.
    package func open() { end(.success(())) }

    /// Throws at who waits and who comes later. Only the first end counts.
    package func fail(_ error: any Error) { end(.failure(error)) }

    /// Returns once it is open; throws what it failed with, or `CancellationError` where the task is cancelled first.
    package func wait() async throws {
        let number = state.withLock { state -> Int? in
            guard case .closed(let waiting, let next) = state else { return nil }
            state = .closed(waiting: waiting, next: next + 1)
            return next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    switch state {
                    case .ended(let result): return result
                    case .closed(var waiting, let next):
                        guard !Task.isCancelled, let number else { return .failure(CancellationError()) }
                        waiting[number] = continuation
                        state = .closed(waiting: waiting, next: next)
                        return nil
                    }
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard case .closed(var waiting, let next) = state, let number else { return nil }
                defer { state = .closed(waiting: waiting, next: next) }
                return waiting.removeValue(forKey: number)
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            guard case .closed(let waiting, _) = state else { return [] }
            state = .ended(result)
            return Array(waiting.values)
        }
        for continuation in waiting { continuation.resume(with: result) }
    }
}
