import Foundation

/// A number of bytes that may be in memory at once. Taking blocks while there is no room: call it from dedicated
/// threads only.
package final class ByteBudget: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var used = 0
    private let condition = NSCondition()
    private nonisolated(unsafe) var limit: Int

    /// - Parameter limit: bytes. Something larger than all of it is let through alone.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes once there is room for them.
    package func take(_ count: Int) {
        condition.lock()
        while used > 0, used + count > limit { condition.wait() }
        used += count
        condition.unlock()
    }

    /// Lets in so many from now on.
    package func setLimit(_ limit: Int) {
        condition.lock()
        self.limit = limit
        condition.broadcast()
        condition.unlock()
    }

    /// Gives bytes back.
    package func giveBack(_ count: Int) {
        condition.lock()
        used -= count
        // Not at once: a thread that is woken for every small file costs more than the file.
        if used <= limit / 2 { condition.broadcast() }
        condition.unlock()
    }
}
