import CLinux
import Glibc
package import SystemPackage

/// The way to a folder whose files are believed.
package enum FolderWay {
    /// As many links as Linux follows.
    private static let maximumLinks = 40

    /// Opens a folder (`O_PATH`) by walking to it name by name, as `openat2` with `RESOLVE_NO_SYMLINKS` does
    /// ([openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html)), but follows links of this user and of root:
    /// administrators lead `/srv` to a larger disk.
    ///
    /// Throws ``FileFault``: `link` where anybody else's link is on the way.
    package static func open(_ path: FilePath) throws -> FileDescriptor {
        do {
            return try walk(path)
        } catch let error as Errno {
            throw FileFault.system(error)
        }
    }

    private static func walk(_ path: FilePath) throws -> FileDescriptor {
        var here = try start(path)
        var seen = here.path
        var rest = Array(path.components.reversed())
        var links = 0
        do {
            while let name = rest.popLast() {
                let next = try look(name, in: here.descriptor)
                let link: FilePath?
                do {
                    link = try isLink(next) ? target(of: next, at: seen.appending(name)) : nil
                } catch {
                    release(next)
                    throw error
                }
                guard let link else {
                    release(here.descriptor)
                    here.descriptor = next
                    seen.append(name)
                    continue
                }
                release(next)
                links += 1
                guard links <= maximumLinks else { throw Errno.tooManySymbolicLinkLevels }
                rest += link.components.reversed()
                guard link.isAbsolute else { continue }
                let root = try start(link)
                release(here.descriptor)
                here = root
                seen = here.path
            }
        } catch {
            release(here.descriptor)
            throw error
        }
        return here.descriptor
    }

    private static func release(_ descriptor: FileDescriptor) {
        // It was never open for anything.
        try? descriptor.close()
    }

    private static func start(_ path: FilePath) throws -> (descriptor: FileDescriptor, path: FilePath) {
        let origin: FilePath = path.isAbsolute ? "/" : "."
        let options = FileDescriptor.OpenOptions(rawValue: Int32(linux_O_PATH)).union([.directory, .closeOnExec])
        return (try FileDescriptor.open(origin, .readOnly, options: options), path.isAbsolute ? "/" : "")
    }

    private static func look(_ name: FilePath.Component, in folder: FileDescriptor) throws -> FileDescriptor {
        let descriptor = name.string.withCString {
            openat(folder.rawValue, $0, Int32(linux_O_PATH) | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func isLink(_ file: FileDescriptor) throws -> Bool {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return status.st_mode & S_IFMT == S_IFLNK
    }

    private static func target(of link: FileDescriptor, at path: FilePath) throws -> FilePath {
        var status = stat()
        guard fstat(link.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw FileFault.link(path, owner: status.st_uid)
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlinkat(link.rawValue, "", &buffer, buffer.count - 1) > 0 else { throw Errno(rawValue: errno) }
        return FilePath(platformString: buffer)
    }
}
