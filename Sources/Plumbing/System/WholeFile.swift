import Glibc
package import SystemPackage

/// Files that others see whole or not at all: written under another name, then given their own.
package enum WholeFile {
    /// Which step failed on which name, and why.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// As "sync": continues "cannot".
        package let step: String
        /// The name of the file, as it was given.
        package let name: String
        /// The reason.
        package let errno: Errno

        /// One line: the step, the name and the reason.
        package var description: String { "cannot \(step) \(Printable.text(name)): \(errno)" }

        /// The error of the system call that failed just now.
        init(_ step: String, _ name: String, _ code: Int32 = Glibc.errno) {
            self.step = step
            self.name = name
            errno = Errno(rawValue: code)
        }
    }

    /// The folder that names begin in: an open one, or where paths begin.
    package static let workingDirectory = AT_FDCWD

    /// Writes a new file under the name `temporary`, then lets `finish` give it its own; it is gone after an error.
    ///
    /// The file has the mode as it is said, whatever the mask of this process. With `durably` its bytes are on the disk
    /// before `finish`; its name is only after a sync of the folder. Throws ``Fault``, and what `finish` throws. Blocks.
    package static func write(
        _ bytes: UnsafeRawBufferPointer,
        as temporary: String,
        in folder: Int32 = workingDirectory,
        mode: UInt32,
        durably: Bool = true,
        finish: () throws -> Void
    ) throws {
        let file = try create(temporary, folder, mode)
        do {
            defer { close(file) }
            guard fchmod(file, mode) == 0 else { throw Fault("change the mode of", temporary) }
            try write(bytes, to: file, temporary)
            if durably, fsync(file) != 0 { throw Fault("sync", temporary) }
            try finish()
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
    }

    /// Gives a file another name in the same folder, in place of what is there. Throws ``Fault``.
    package static func rename(_ temporary: String, to name: String, in folder: Int32 = workingDirectory) throws {
        guard renameat(folder, temporary, folder, name) == 0 else { throw Fault("rename to", name) }
    }

    /// Makes what happened to the names in a folder survive a power failure. Throws ``Fault``. Blocks.
    package static func synchronize(folder: FilePath) throws {
        let path = folder.isEmpty ? "." : folder.string
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Fault("sync", path) }
    }

    private static func create(_ name: String, _ folder: Int32, _ mode: mode_t) throws -> Int32 {
        while true {
            let file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            if file >= 0 { return file }
            if errno != EINTR { throw Fault("create", name) }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ name: String) throws {
        do {
            _ = try FileDescriptor(rawValue: file).writeAll(bytes)
        } catch let error as Errno {
            throw Fault("write", name, error.rawValue)
        }
    }
}
