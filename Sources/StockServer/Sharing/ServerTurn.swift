package import CVMFS
import Synchronization
package import SystemPackage

/// The right to publish among processes of ours, until it is ended. Native commits ask for the same lock.
package final class ServerTurn: Sendable {
    private let lock: Mutex<FileLock?>

    private init(lock: FileLock) {
        self.lock = Mutex(lock)
    }

    deinit { end() }

    /// Gives the right back, whoever may still refer to the value: the thread that waited for it can, for a moment.
    package func end() {
        lock.withLock { held in
            held?.removeHolder()
            // Nobody else refers to the lock: this ends it.
            held = nil
        }
    }

    /// Waits for it. Throws ``CVMFSError`` `busy`, naming the holder, once the context's time has passed. Blocks.
    package static func acquire(in workspace: FilePath, _ context: WriteContext) throws -> ServerTurn {
        let lock = try FileLock.acquire(
            FilePlace(workspace.appending("commit.lock")),
            purpose: "publishing through cvmfs_server",
            context
        )
        return ServerTurn(lock: lock)
    }

    /// Takes it if nobody has it.
    package static func attempt(in workspace: FilePath) throws -> ServerTurn? {
        try FileLock.attempt(FilePlace(workspace.appending("commit.lock"))).map(ServerTurn.init)
    }
}
