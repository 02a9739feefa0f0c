import Glibc

/// Waits for what another process has to let go. Blocks: for dedicated threads.
package enum Waiting {
    /// Asks `attempt` again and again until it returns something. Throws `otherwise` once the context's time has passed,
    /// and at once what its wish to stop throws.
    package static func wait<Value>(
        _ context: WriteContext,
        for attempt: () throws -> Value?,
        otherwise: () -> any Error
    ) throws -> Value {
        let deadline = context.instant() + context.lockTimeout
        while true {
            try context.checkCancelled()
            if let value = try attempt() { return value }
            guard context.instant() < deadline else { throw otherwise() }
            usleep(20_000)
        }
    }
}
