package import Logging
import Synchronization

/// Keeps what is logged.
package final class LogKeeper: Sendable {
    private let texts = Mutex<[String]>([])

    /// Nothing yet.
    package init() {}

    /// Messages with their metadata.
    package var lines: [String] { texts.withLock { $0 } }

    /// A logger that writes here, from `level` on.
    package func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(keeper: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        init(keeper: LogKeeper) {
            self.keeper = keeper
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level): \(event.message) \(event.metadata ?? [:])"
            keeper.texts.withLock { $0.append(line) }
        }
    }
}
