import Plumbing
import Registry
import Synchronization

/// Room on disks for the layers that are on their way: each is let in once there is room for it beside those before it, and
/// where there never will be, it is refused.
///
/// Layers wait in the order of their coming. One that is larger than what the others leave goes when they are done.
final class StorageSpace: Sendable {
    /// There is too little, and nothing that is on its way will leave more.
    struct TooLittle: Error {
        /// Bytes that are free.
        let free: Int64
    }

    private final class Disk: Sendable {
        /// The first that waits has it.
        let door = AsyncSemaphore(1)
        let state = Mutex(State())

        struct State {
            /// Bytes that layers on their way may still write.
            var taken: Int64 = 0
            /// Opened when one of them is done.
            var change: Latch?
        }
    }

    private let disks = Mutex<[String: Disk]>([:])

    /// Waits until there is room for so many bytes.
    ///
    /// - Parameters:
    ///   - bytes: what is to be written.
    ///   - name: where; every place has one disk.
    ///   - free: the bytes that are free there now, nil where nobody knows: then nobody waits.
    /// - Returns: The right to them, which is taken as long as it lives, unless it is released before.
    /// - Throws: ``TooLittle``, `CancellationError`, and what `free` throws.
    func take(_ bytes: Int64, at name: String, free: () async throws -> Int64?) async throws -> Permit {
        let disk = disks.withLock { disks in
            let disk = disks[name] ?? Disk()
            disks[name] = disk
            return disk
        }
        let door = try await disk.door.take()
        defer { door.release() }
        while true {
            guard let free = try await free() else { return Permit {} }
            let change: Latch? = try disk.state.withLock { state in
                if free - state.taken >= bytes {
                    state.taken += bytes
                    return nil
                }
                guard state.taken > 0 else { throw TooLittle(free: free) }
                let change = state.change ?? Latch()
                state.change = change
                return change
            }
            guard let change else { return Permit { Self.giveBack(bytes, to: disk) } }
            try await change.wait()
        }
    }

    private static func giveBack(_ bytes: Int64, to disk: Disk) {
        let change = disk.state.withLock { state in
            state.taken -= bytes
            defer { state.change = nil }
            return state.change
        }
        change?.open()
    }
}
