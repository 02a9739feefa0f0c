import CLinux
import Glibc
import Synchronization

/// What was freed and is kept by glibc's `malloc`: by itself it grows over weeks, though nothing is leaked.
package enum FreedMemory {
    /// For readers and workers of a few layers. By default there may be eight for each core; each keeps what was freed in it,
    /// and short-lived threads spread over all of them.
    private static let arenas: Int32 = 4

    /// Lets `malloc` have a few arenas, unless the operator says how many (mallopt(3)). To be called before threads begin.
    package static func limitArenas() {
        if getenv("MALLOC_ARENA_MAX") == nil { mallopt(M_ARENA_MAX, arenas) }
    }

    /// Gives whole pages back to the system (malloc_trim(3)). It takes a millisecond for each few megabytes in use.
    package static func giveBack() {
        malloc_trim(0)
    }

    /// The same, but once a second at most: for who frees little many times.
    package static func giveBackNowAndThen() {
        let isDue = lastTime.withLock { last in
            guard last.map({ ContinuousClock.now - $0 >= .seconds(1) }) ?? true else { return false }
            last = .now
            return true
        }
        if isDue { giveBack() }
    }

    private static let lastTime = Mutex<ContinuousClock.Instant?>(nil)
}
