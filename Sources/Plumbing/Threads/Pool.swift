import Foundation

/// A few things of a kind, such as connections to one database, each in the hands of one thread at a time.
///
/// More are made as threads ask for them while all others are out, up to a limit; above that, threads wait.
package final class Pool<Item: Sendable>: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var idle: [Item]
    private nonisolated(unsafe) var made = 1
    private nonisolated(unsafe) var limit: Int
    private let condition = NSCondition()
    private let make: @Sendable () throws -> Item

    /// - Parameters:
    ///   - first: the first of them. There is always one.
    ///   - limit: how many there may be.
    ///   - make: makes one more. Where it throws, those that there are have to do.
    package init(_ first: Item, limit: Int, make: @escaping @Sendable () throws -> Item) {
        idle = [first]
        self.limit = limit
        self.make = make
    }

    /// Runs `body` with one of them. Blocks while all are out.
    package func with<Value>(_ body: (Item) throws -> Value) rethrows -> Value {
        let item = take()
        defer { giveBack(item) }
        return try body(item)
    }

    private func take() -> Item {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let item = idle.popLast() { return item }
            if made < limit, let item = makeUnlocked() { return item }
            if idle.isEmpty { condition.wait() }
        }
    }

    /// With the lock held at the beginning and at the end.
    private func makeUnlocked() -> Item? {
        made += 1
        condition.unlock()
        let item = try? make()
        condition.lock()
        if item == nil {
            made -= 1
            limit = made
        }
        return item
    }

    private func giveBack(_ item: Item) {
        condition.lock()
        idle.append(item)
        condition.signal()
        condition.unlock()
    }
}
