import Glibc
import Plumbing
package import SystemPackage

/// An exclusive lock on a file or a folder that ends with the process that holds it, however that ends.
package final class FileLock: Sendable {
    package let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// A child that another thread has just forked holds a copy of the descriptor until its `exec`; closing alone would
    /// leave the lock with it: [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html).
    deinit {
        release()
        close(descriptor)
    }

    /// Ends the lock before its value does.
    package func release() {
        // It fails only for what is no open file.
        flock(descriptor, LOCK_UN)
    }

    /// Who may hold a lock at the same time.
    package enum Mode {
        case exclusive
        /// Others that ask for a shared lock, too.
        case shared

        fileprivate var operation: Int32 { self == .exclusive ? LOCK_EX : LOCK_SH }
    }

    /// Somebody who removes the file each time it is locked is one who holds it.
    private static let tries = 100

    /// Takes the lock if nobody holds it; nil where somebody does. `create` makes the file where it is missing.
    ///
    /// Throws ``CVMFSError`` `refused` where the path is a link or anything else that is no file: a lock on what a link
    /// leads to excludes nobody, and its text would be written there.
    package static func attempt(_ place: FilePlace, create: Bool = true, mode: Mode = .exclusive) throws -> FileLock? {
        for _ in 0..<tries {
            let descriptor = place.open(O_RDWR | O_NONBLOCK | (create ? O_CREAT : 0))
            guard descriptor >= 0 else {
                if errno == ELOOP { throw noFile(place) }
                throw SystemCall.error("open", place.path.string)
            }
            let lock = FileLock(descriptor: descriptor, path: place.path.string)
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw noFile(place) }
            guard try lock.take(mode) else { return nil }
            // Whoever held it may have removed the file with it, as the stock tools do: then this lock excludes nobody.
            if !create || lock.isAt(place) { return lock }
        }
        return nil
    }

    /// Takes the lock of a folder that is there, if nobody holds it; nil where somebody does.
    package static func attempt(folder path: FilePath) throws -> FileLock? {
        let descriptor = SystemCall.open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard descriptor >= 0 else { throw SystemCall.error("open", path.string) }
        let lock = FileLock(descriptor: descriptor, path: path.string)
        return try lock.take(.exclusive) ? lock : nil
    }

    /// Whether nobody else holds it.
    private func take(_ mode: Mode) throws -> Bool {
        while flock(descriptor, mode.operation | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw SystemCall.error("lock", path) }
        }
        return true
    }

    private static func noFile(_ place: FilePlace) -> CVMFSError {
        CVMFSError(.refused, "the lock \(place) is a link or no file: look who put it there, and remove it")
    }

    /// Whether the locked file is there.
    package func isAt(_ place: FilePlace) -> Bool {
        var here = stat()
        guard fstat(descriptor, &here) == 0, let there = place.status() else { return false }
        return here.st_ino == there.st_ino && here.st_dev == there.st_dev
    }

    /// Waits for the lock and writes into the file who holds it, and what for. Throws ``CVMFSError`` `busy`, which names the
    /// holder, once the context's time has passed, and at once what its wish to stop throws.
    package static func acquire(
        _ place: FilePlace,
        purpose: String,
        mode: Mode = .exclusive,
        _ context: WriteContext
    ) throws -> FileLock {
        let lock = try Waiting.wait(context) {
            try attempt(place, mode: mode)
        } otherwise: {
            CVMFSError(
                .busy,
                "\(place) is held by \(holder(of: place)) since longer than \(context.lockTimeout): wait for it, or give "
                    + "more time with --lock-timeout"
            )
        }
        if mode == .exclusive { try lock.writeHolder(purpose) }
        return lock
    }

    /// Writes who holds it, after `mark`.
    package func writeHolder(_ purpose: String, mark: String = "") throws {
        let text = Array("\(mark)process \(getpid()) (\(purpose))".utf8)
        guard ftruncate(descriptor, 0) == 0 else { throw SystemCall.error("write", path) }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemCall.error("write", path) }
        try text.withUnsafeBytes { try SystemCall.write($0, to: descriptor, path) }
    }

    /// Takes away who holds it: that would be wrong of the next one.
    package func removeHolder() {
        // The text is only for messages.
        ftruncate(descriptor, 0)
    }

    private static func holder(of place: FilePlace) -> String {
        // Only for the message: the file may be empty for a moment.
        let text = (try? place.text()) ?? ""
        return text.isEmpty ? "another program" : Printable.text(text)
    }
}
