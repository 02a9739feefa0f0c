import Glibc
package import SystemPackage

/// Files that a person, a variable or a configuration names.
///
/// They are files: a FIFO that nobody writes to would be waited for without end, and a device has no end.
package enum NamedFile {
    /// Somebody who replaces a file each time it is opened is one who keeps this process from reading it.
    private static let tries = 10

    /// Opens a file to read; nil where there is none. Throws ``FileFault``.
    ///
    /// With `inherited`, also whatever this process was started with: `/dev/stdin`, or `/dev/fd/N` as a shell makes of
    /// `<(…)`; and `/dev/null`, with which people say that there is nothing.
    package static func open(
        _ path: FilePath,
        links: SeenFile.Links,
        inherited: Bool = false
    ) throws -> FileDescriptor? {
        if inherited, isInherited(path) { return try openInherited(path) }
        for _ in 0..<tries {
            guard let seen = try SeenFile.look(path, links: links) else { return nil }
            do {
                return try seen.open()
            } catch FileFault.exchanged {
                // Programs replace their files by new ones: the next look finds that.
            }
        }
        throw FileFault.exchanged
    }

    /// The bytes of a file, at most `limit`; nil where there is none. Throws ``FileFault``. Blocks.
    package static func read(
        _ path: FilePath,
        limit: Int,
        links: SeenFile.Links,
        inherited: Bool = false
    ) throws -> [UInt8]? {
        guard let file = try open(path, links: links, inherited: inherited) else { return nil }
        do {
            return try file.closeAfter { try read(file, limit: limit) }
        } catch let error as Errno {
            throw FileFault.system(error)
        }
    }

    /// What is left to read of an open file, at most `limit` bytes. Throws ``FileFault`` or `Errno`. Blocks.
    package static func read(_ file: FileDescriptor, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        throw FileFault.tooLarge(limit)
    }

    private static func isInherited(_ path: FilePath) -> Bool {
        if path == "/dev/stdin" || path == "/dev/null" { return true }
        guard let number = path.lastComponent?.string, UInt32(number) != nil else { return false }
        return ["/dev/fd", "/proc/self/fd"].contains(path.removingLastComponent())
    }

    private static func openInherited(_ path: FilePath) throws -> FileDescriptor {
        do {
            // A FIFO has its other end already, or none that will come. What is read from it is waited for.
            let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
            guard fcntl(file.rawValue, F_SETFL, fcntl(file.rawValue, F_GETFL) & ~O_NONBLOCK) == 0 else {
                let error = Errno(rawValue: errno)
                try? file.close()
                throw error
            }
            return file
        } catch let error as Errno {
            throw FileFault.system(error)
        }
    }
}
