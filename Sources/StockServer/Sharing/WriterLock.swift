package import CVMFS
import Synchronization
package import SystemPackage

/// The right to publish among processes of ours, until it is released. Native commits ask for the same lock.
package final class WriterLock: Sendable {
    private let lock: Mutex<FileLock?>

    private init(lock: FileLock) {
        self.lock = Mutex(lock)
    }

    deinit { release() }

    /// Gives the right back, whoever may still refer to the value: the thread that waited for it can, for a moment.
    package func release() {
        let held = lock.withLock { held in
            defer { held = nil }
            return held
        }
        held?.removeHolder()
        // A copy of the value may live longer.
        held?.release()
    }

    /// Waits for it. Throws ``CVMFSError`` `busy`, naming the holder, once the context's time has passed. Blocks.
    package static func acquire(in workspace: FilePath, _ context: WriteContext) throws -> WriterLock {
        let lock = try FileLock.acquire(place(workspace), purpose: "publishing through cvmfs_server", context)
        return WriterLock(lock: lock)
    }

    /// Takes it if nobody has it. Throws ``CVMFSError`` where the file cannot be opened or is none. Blocks.
    package static func attempt(in workspace: FilePath) throws -> WriterLock? {
        try FileLock.attempt(place(workspace)).map(WriterLock.init)
    }

    private static func place(_ workspace: FilePath) -> FilePlace { FilePlace(workspace.appending("commit.lock")) }
}
