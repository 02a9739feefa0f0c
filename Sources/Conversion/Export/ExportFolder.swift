import CLinux
import Foundation
import Glibc
import Plumbing
import SystemPackage

/// A directory below which files are opened and made, and out of which no path leads.
final class ExportFolder {
    /// How messages call it.
    let location: String
    private let root: OpenFile

    /// Makes the directory, or takes one that is empty.
    init(_ path: FilePath) throws {
        location = Printable.text(path.string)
        if mkdir(path.string, 0o777) != 0, errno != EEXIST { throw Self.error("create", location) }
        let descriptor = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error("open", location) }
        root = OpenFile(descriptor)
        do {
            guard try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty else {
                throw ConversionError("\(location) is not empty: name another directory, or one that does not exist")
            }
        } catch let error as CocoaError {
            throw ConversionError("cannot list \(location): \(error.localizedDescription)")
        }
    }

    /// Opens a directory below this one.
    func open(_ path: BytePath) throws -> OpenFile {
        let name = path.isRoot ? CPath(Array(".".utf8)) : CPath(path.bytes)
        return try open(name, in: root, O_RDONLY | O_DIRECTORY, path)
    }

    /// Makes a file that only its owner can open so far.
    func create(_ name: CPath, in directory: OpenFile, _ path: BytePath) throws -> OpenFile {
        try open(name, in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, path)
    }

    /// A descriptor that names an entry of any type, links included, without opening it.
    func openNode(_ name: CPath, in directory: OpenFile, _ path: BytePath) throws -> OpenFile {
        try open(name, in: directory, Int32(linux_O_PATH), path)
    }

    private func open(
        _ name: CPath,
        in directory: OpenFile,
        _ flags: Int32,
        mode: UInt32 = 0,
        _ path: BytePath
    ) throws -> OpenFile {
        while true {
            let flags = flags | O_NOFOLLOW | O_CLOEXEC
            let descriptor = linux_open_beneath(directory.descriptor, name.bytes, flags, mode)
            if descriptor >= 0 { return OpenFile(descriptor) }
            // EAGAIN: something was renamed meanwhile, so that the kernel could not be sure.
            if errno == EINTR || errno == EAGAIN { continue }
            if errno == ENOSYS {
                throw ConversionError("this kernel cannot open files safely (openat2): Linux 5.6 or newer is needed")
            }
            throw failure("open", path)
        }
    }

    /// Writes everything.
    func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile, _ path: BytePath) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(file.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Throws the error of a call that returned -1.
    func check(_ result: Int32, _ what: String, _ path: BytePath) throws {
        if result < 0 { throw failure(what, path) }
    }

    /// The error of the last call.
    func failure(_ what: String, _ path: BytePath) -> ConversionError {
        Self.error(what, path.isRoot ? location : "\(location)/\(path)")
    }

    private static func error(_ what: String, _ path: String) -> ConversionError {
        ConversionError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
