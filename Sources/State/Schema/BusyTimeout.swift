import Foundation
import GRDB
import SystemPackage

/// Waits for other processes where SQLite does not: it gives up at once when a journal mode cannot be changed.
enum BusyTimeout {
    /// Tries until `attempt` has a result. It has none if it returns nil or throws SQLITE_BUSY.
    ///
    /// Throws `StateError.busy` after so many seconds by the clock `now`, and what else `attempt` throws. Blocks.
    static func wait<T>(
        upTo seconds: TimeInterval,
        for file: FilePath,
        now: () -> ContinuousClock.Instant = { .now },
        _ attempt: () throws -> T?
    ) throws -> T {
        let end = now() + .seconds(seconds)
        while true {
            do {
                if let result = try attempt() { return result }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // The next attempt may find the file free.
            }
            guard now() < end else { throw StateError.busy(file) }
            // Of two processes that stand in each other's way, one comes back first.
            Thread.sleep(forTimeInterval: .random(in: 0.01...0.1))
        }
    }
}
