import Dispatch
import Synchronization

/// Calls something again and again on a thread of its own, between a start and a stop.
package final class Ticker: Sendable {
    private let interval: DispatchTimeInterval
    private let queue = DispatchQueue(label: "ticker")
    private let timer = Mutex<Timer?>(nil)

    private struct Timer: @unchecked Sendable {
        // Safe: it is only made and cancelled, each under the lock.
        let source: any DispatchSourceTimer
        let body: @Sendable () -> Void
    }

    /// A ticker that stands.
    package init(milliseconds: Int) {
        interval = .milliseconds(milliseconds)
    }

    /// Runs until ``stop()``; where it runs already, nothing changes.
    package func start(_ body: @escaping @Sendable () -> Void) {
        timer.withLock { timer in
            guard timer == nil else { return }
            let source = DispatchSource.makeTimerSource(queue: queue)
            source.schedule(deadline: .now() + interval, repeating: interval)
            source.setEventHandler(handler: body)
            source.resume()
            timer = Timer(source: source, body: body)
        }
    }

    /// Calls it once in between, without waiting for that; nothing happens where it stands.
    package func fire() {
        guard let body = timer.withLock({ $0?.body }) else { return }
        queue.async(execute: body)
    }

    /// Stops. A call that is under way ends on its own.
    package func stop() {
        timer.withLock { timer in
            timer?.source.cancel()
            timer = nil
        }
    }
}
