import Glibc

/// Waits for what another process has to let go. Blocks: for dedicated threads.
package enum Waiting {
    /// Asks `attempt` again and again until it returns something. Throws `otherwise` once `timeout` has passed, and
    /// whatever `checkCancelled` throws, at once.
    package static func wait<Value>(
        upTo timeout: Duration,
        checkCancelled: () throws -> Void,
        for attempt: () throws -> Value?,
        otherwise: () -> any Error
    ) throws -> Value {
        let deadline = ContinuousClock.now + timeout
        while true {
            try checkCancelled()
            if let value = try attempt() { return value }
            guard ContinuousClock.now < deadline else { throw otherwise() }
            usleep(20_000)
        }
    }
}
