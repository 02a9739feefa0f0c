package import CVMFS

/// A moment in the life of a store, as those who watch it see it.
package enum StoreCall: Sendable, Hashable {
    case read, size, modified, list, readTopLevel
    /// A write begins.
    case write
    /// The object is announced, and has no name yet.
    case announced
    /// The object has its name, perhaps since earlier, and the caller does not know.
    case written(ContentHash, ObjectKind, isNew: Bool)
    case remove
    case replaceTopLevel
    /// The file is replaced, and the caller does not know.
    case replaced
    case linkTopLevel, synchronize, freeBytes, removeTemporaryFiles
}

/// Is told of what happens to a store; what it throws, the call throws.
package protocol StoreWatcher: Sendable {
    /// Called before a call goes on to the store, and for what ``StoreCall`` says within and after it. Any thread.
    func on(_ call: StoreCall) throws
}

/// Counts the calls of a store by their kind.
package final class CountedCalls: StoreWatcher {
    private let counts = Guarded<[StoreCall: Int]>([:])

    /// A count of nothing.
    package init() {}

    package func on(_ call: StoreCall) { counts.with { $0[call, default: 0] += 1 } }

    /// How often that happened.
    package func count(_ call: StoreCall) -> Int { counts.with { $0[call] ?? 0 } }

    /// Everything that happened.
    package var all: [StoreCall: Int] { counts.with { $0 } }
}

/// Holds back calls until the test lets them go, so that several are under way at once.
package final class DelayedCalls: StoreWatcher {
    private let isDelayed: @Sendable (StoreCall) -> Bool
    private let state = Guarded(State())

    private struct State {
        var isOpen = false
        var waiting = 0
    }

    /// Holds back the calls that `isDelayed` says.
    package init(_ isDelayed: @escaping @Sendable (StoreCall) -> Bool) {
        self.isDelayed = isDelayed
    }

    package func on(_ call: StoreCall) {
        guard isDelayed(call) else { return }
        state.with { $0.waiting += 1 }
        state.wait { $0.isOpen }
    }

    /// Waits until so many calls are held back. Blocks.
    package func waitForCalls(_ count: Int) { state.wait { $0.waiting >= count } }

    /// Lets all go, also those that come later.
    package func release() { state.with { $0.isOpen = true } }
}
