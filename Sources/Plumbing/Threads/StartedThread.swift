import CLinux
import Glibc

/// The system starts no further thread.
package struct ThreadError: Error, Equatable, CustomStringConvertible {
    /// What it would have been for.
    package let name: String
    /// What the system says.
    package let code: Int32

    /// One line: what failed, why, and the next step.
    package var description: String {
        "cannot start a thread (\(name)): \(String(cString: strerror(code))): raise the limit of processes (ulimit -u, "
            + "TasksMax of a systemd unit, --pids-limit of a container) or of memory (ulimit -v)"
    }
}

/// A thread of the system. Foundation's `Thread` does not tell where none was started, and who waits for it waits for ever.
package enum StartedThread {
    /// The tree of a deep layer is walked by recursion; glibc's default of 8 MiB is for the main thread only.
    package static let stackSize = 8 << 20

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a thread that runs `body` and ends. Throws ``ThreadError``.
    ///
    /// `name` is shown by debuggers and `top -H`.
    package static func start(
        _ name: String,
        stackSize: Int = stackSize,
        _ body: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackSize)
        let work = Unmanaged.passRetained(Work(name, body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context else { return nil }
                let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                linux_name_thread(work.name)
                work.body()
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw ThreadError(name: name, code: code)
        }
    }
}
