import CVMFS
import Synchronization

/// What a writer announced, and whether it could be seen by then.
final class Announced: Sendable {
    struct Refusal: Error {}

    private struct State {
        var paths: [String] = []
        var wasVisible: [Bool] = []
        var fails = false
    }

    private let state = Mutex(State())
    private let reader: any ObjectReader

    init(_ reader: any ObjectReader) {
        self.reader = reader
    }

    var paths: [String] { state.withLock { $0.paths } }
    var wasVisible: [Bool] { state.withLock { $0.wasVisible } }

    /// Whether the next announcements throw.
    var fails: Bool {
        get { state.withLock { $0.fails } }
        set { state.withLock { $0.fails = newValue } }
    }

    func note(_ hash: ContentHash, _ kind: ObjectKind) throws {
        let isVisible = try reader.size(of: hash, kind) != nil
        try state.withLock { state in
            if state.fails { throw Refusal() }
            state.paths.append(hash.objectPath(kind))
            state.wasVisible.append(isVisible)
        }
    }
}

/// How writes ended.
final class Results: Sendable {
    private let state = Mutex((new: 0, all: 0))

    func add(_ result: Result<Bool, any Error>) {
        state.withLock { state in
            state.all += 1
            if case .success(true) = result { state.new += 1 }
        }
    }

    var new: Int { state.withLock { $0.new } }
    var all: Int { state.withLock { $0.all } }
}
