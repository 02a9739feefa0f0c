import Glibc
import Plumbing
import SystemPackage

/// Reads and writes the small files of a key folder.
enum KeyFile {
    /// Far above every RSA key and certificate.
    static let limit = 256 << 10

    /// The bytes of a file. Throws ``CVMFSError`` which names the file.
    static func read(_ path: FilePath, _ what: String) throws -> [UInt8] {
        do {
            // A master key is often kept encrypted, and comes through a pipe.
            if let bytes = try NamedFile.read(path, limit: limit, links: .ofTheFolder, inherited: true) { return bytes }
        } catch let fault as FileFault {
            throw CVMFSError(.system, "cannot read the \(what) \(Printable.text(path.string)): \(fault)")
        }
        throw CVMFSError(.notFound, "no \(what) at \(Printable.text(path.string))")
    }
}

extension KeyFile {
    /// Writes new files, or none; what exists is not touched. Throws ``CVMFSError``.
    static func create(_ files: [(path: FilePath, bytes: [UInt8], mode: mode_t)]) throws {
        var written: [FilePath] = []
        do {
            for (path, bytes, mode) in files {
                let descriptor = SystemCall.open(path.string, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                guard descriptor >= 0 else { throw SystemCall.error("create", path.string) }
                written.append(path)
                defer { close(descriptor) }
                try bytes.withUnsafeBytes { try SystemCall.write($0, to: descriptor, path.string) }
                guard fsync(descriptor) == 0 else { throw SystemCall.error("sync", path.string) }
            }
        } catch {
            for path in written { unlink(path.string) }
            throw error
        }
    }

    /// Gives a file another name, in place of one that is there.
    static func rename(_ old: FilePath, to new: FilePath) throws {
        guard Glibc.rename(old.string, new.string) == 0 else { throw SystemCall.error("rename to", new.string) }
    }

    /// Gives a file a second name; fine where that exists.
    static func link(_ path: FilePath, as second: FilePath) throws {
        guard Glibc.link(path.string, second.string) == 0 || errno == EEXIST else {
            throw SystemCall.error("create", second.string)
        }
    }

    /// Makes what happened in a folder survive a power failure.
    static func synchronize(_ folder: FilePath) throws {
        let descriptor = SystemCall.open(folder.string, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw SystemCall.error("open", folder.string) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemCall.error("sync", folder.string) }
    }

    /// Removes a file; fine where there is none.
    static func remove(_ path: FilePath) throws {
        guard unlink(path.string) == 0 || errno == ENOENT else { throw SystemCall.error("remove", path.string) }
    }
}
