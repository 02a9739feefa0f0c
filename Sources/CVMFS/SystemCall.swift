import Glibc
import Plumbing
import SystemPackage

/// Blocking calls of the operating system, with errors that name the file and, where there is one, the remedy.
package enum SystemCall {
    /// The error of the last call that failed.
    package static func error(_ what: String, _ path: String, code: Int32 = errno) -> CVMFSError {
        let reason = String(cString: strerror(code))
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: ": free some space there and run the command again"
            case EACCES, EPERM: ": run this as the owner of the storage"
            default: ""
            }
        return CVMFSError(code == ENOENT ? .notFound : .system, "cannot \(what) \(path): \(reason)\(remedy)")
    }

    /// Runs `body`, naming the files of its faults as `path` does: they know the names within a folder only.
    static func naming(_ path: (String) -> String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let fault as WholeFile.Fault {
            throw error(fault.step, path(fault.name), code: fault.errno.rawValue)
        }
    }

    /// Opens a file, again after an interruption.
    package static func open(_ path: String, at folder: Int32 = AT_FDCWD, _ flags: Int32, mode: UInt32 = 0o666) -> Int32
    {
        while true {
            let descriptor = openat(folder, path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    /// Writes everything.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
        do {
            _ = try FileDescriptor(rawValue: descriptor).writeAll(bytes)
        } catch let error as Errno {
            throw Self.error("write", path, code: error.rawValue)
        }
    }

    /// Reads to the end in pieces of at most 1 MiB.
    package static func read(_ descriptor: Int32, _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void)
        throws
    {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw error("read", path)
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
