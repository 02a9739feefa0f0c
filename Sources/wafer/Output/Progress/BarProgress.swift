import Conversion
import Logging
import OCI
import Synchronization
import Terminal

/// Shows bars on a terminal while layers are in work; what is not about a layer are messages above them.
final class BarProgress: Sendable {
    private let messages: PlainProgress
    private let screen: Screen
    private let isColoured: Bool
    private let start = ContinuousClock.now
    // Ten frames a second look smooth and cost nothing.
    private let ticker = Ticker(milliseconds: 100)
    /// What is shown; the screen is only told of it while this is held, and draws on its own.
    private let board = Mutex(ProgressBoard())

    /// Bars on a screen, above which a logger writes.
    init(_ logger: Logger, screen: Screen, isColoured: Bool) {
        messages = PlainProgress(logger)
        self.screen = screen
        self.isColoured = isColoured
    }

    /// Notes an event. Frames follow by themselves.
    func report(_ event: ConversionEvent) {
        let now = ContinuousClock.now - start
        switch event {
        case .layersStarted(let count, let size):
            board.withLock { board in
                board.begin(items: count, bytes: size, at: now)
                ticker.start { self.draw() }
            }
        case .layersEnded: end()
        case .layerStarted(let digest, let size):
            board.withLock { $0.start(Self.label(digest), total: size, at: now) }
            ticker.fire()
        case .layerAdvanced(let digest, let received):
            board.withLock { $0.advance(Self.label(digest), to: received, at: now) }
        case .layerFinished(let digest, _, _, _), .layerCompared(let digest, _, _):
            board.withLock { $0.finish(Self.label(digest), isComplete: true) }
        case .layerStopped(let digest):
            board.withLock { $0.finish(Self.label(digest), isComplete: false) }
        case .layerKnown, .treeAssembled: break
        case .platformDiffers, .layerLosses, .layerRebased, .notMade, .published, .dockerFormRefused,
            .pushed:
            messages.report(event)
        }
    }

    private func draw() {
        let now = ContinuousClock.now - start
        board.withLock { board in
            // The last frame may be late.
            guard board.isActive else { return }
            let frame = ProgressFrame(board, noun: "layers", isColoured: isColoured)
            screen.show { frame.lines($0, at: now) }
        }
    }

    private func end() {
        board.withLock { board in
            board.end()
            guard !board.isActive else { return }
            ticker.stop()
            screen.clear()
        }
    }

    private static func label(_ digest: Digest) -> String { String(digest.hex.prefix(12)) }
}
