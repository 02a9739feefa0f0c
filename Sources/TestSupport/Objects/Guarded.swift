import Foundation

/// A value that threads share and can wait for.
final class Guarded<Value: Sendable>: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var value: Value
    private let condition = NSCondition()

    init(_ value: Value) {
        self.value = value
    }

    /// Reads or changes the value.
    func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until the value is as `isRight` says. Blocks.
    func wait(until isRight: (Value) -> Bool) {
        condition.lock()
        while !isRight(value) { condition.wait() }
        condition.unlock()
    }
}
