import CVMFS
import Logging
import Plumbing
import Synchronization

/// Tells in messages how far a garbage collection is: a line every few seconds.
final class CollectionMessages: Sendable {
    private let logger: Logger
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private static let interval = Duration.seconds(5)

    /// Messages for a logger.
    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Hears of the progress; any thread.
    @Sendable
    func report(_ progress: CollectionProgress) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            // What is done at once needs no message.
            guard let before = last else {
                last = now
                return false
            }
            guard now - before >= Self.interval else { return false }
            last = now
            return true
        }
        if isDue { logger.info("\(Self.text(progress))") }
    }

    private static func text(_ progress: CollectionProgress) -> String {
        switch progress {
        case .marking(let catalogs): "read \(Counted.text(catalogs, "catalog")) of what stays"
        case .searching(let catalogs): "read \(Counted.text(catalogs, "catalog")) of what goes"
        case .removing(let objects, let all): "removed \(objects) of \(Counted.text(all, "object"))"
        }
    }
}
