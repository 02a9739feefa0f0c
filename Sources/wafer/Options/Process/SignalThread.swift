import Glibc
import Plumbing
import Synchronization

/// A thread that hears of signals. One at a time for the process, as signals are: their handlers can reach nothing else.
///
/// The handler may do next to nothing: it posts a semaphore, which takes no descriptor and no other thread.
final class SignalThread: Sendable {
    // Safe: made once, and a semaphore is there to be used by several threads.
    private nonisolated(unsafe) static let semaphore: UnsafeMutablePointer<sem_t> = {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        return semaphore
    }()
    /// The signal that came last, 0 once it was taken.
    private static let last = Atomic<Int32>(0)

    private let ended = Atomic<Bool>(false)

    /// Takes signals from here on, and runs `body` on a thread of its own. Throws `ThreadError`.
    init(_ numbers: [Int32], _ body: @escaping @Sendable (SignalThread) -> Void) throws {
        // Both exist before a handler needs them.
        Self.last.store(0, ordering: .sequentiallyConsistent)
        _ = Self.semaphore
        try StartedThread.start("signals") { [self] in body(self) }
        for number in numbers {
            signal(number) { number in
                SignalThread.last.store(number, ordering: .sequentiallyConsistent)
                sem_post(SignalThread.semaphore)
            }
        }
    }

    /// Whether ``end()`` was called.
    var isOver: Bool { ended.load(ordering: .sequentiallyConsistent) }

    /// Lets `body` come to its end.
    func end() {
        ended.store(true, ordering: .sequentiallyConsistent)
        sem_post(Self.semaphore)
    }

    /// The next signal, nil once it is over. Blocks.
    func next() -> Int32? {
        while !isOver {
            sem_wait(Self.semaphore)
            if let number = Self.taken() { return number }
        }
        return nil
    }

    /// The next signal, nil where none comes in time. Blocks.
    func next(within timeout: Duration) -> Int32? {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = time.tv_nsec + Int(timeout / .nanoseconds(1))
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        sem_timedwait(Self.semaphore, &time)
        return Self.taken()
    }

    private static func taken() -> Int32? {
        let number = last.exchange(0, ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }
}
