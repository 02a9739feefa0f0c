import CLinux
import CVMFS
import Foundation
import Glibc
package import Plumbing
import SystemPackage

/// Reads a repository in the read-only mount of `cvmfs_server`, which verifies what it shows: where the storage is out of
/// reach. It shows the revision of this machine's last transaction.
package struct MountReader: RevisionReader {
    private let fqrn: String
    private let root: FilePath
    private static let sizeLimit = 16 << 20

    /// This user may not see something that is there.
    package struct Denial: Error, CustomStringConvertible {
        package let description: String
    }

    /// A reader of a repository's mount.
    package init(_ repository: ServerRepository) {
        fqrn = repository.fqrn
        root = repository.spool.readOnlyMount
    }

    /// The revision that is mounted.
    package func revision() throws -> UInt64 {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = getxattr(root.string, "user.revision", &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        guard count > 0, let revision = UInt64(text.filter(\.isNumber)) else {
            throw StockServerError(
                "\(root) does not show a revision of \(fqrn): `cvmfs_server mount \(fqrn)` mounts it"
            )
        }
        return revision
    }

    package func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        _ = try revision()
        var contents: [BytePath: [UInt8]] = [:]
        for path in paths {
            guard let status = try look(path) else { continue }
            switch Self.type(status) {
            case .directory: contents[path] = []
            case .regular: contents[path] = try read(path, size: Int(status.st_size))
            case .symlink:
                guard case .symlink(let target) = try node(path, status).kind else { continue }
                contents[path] = target
            default: break
            }
        }
        return contents
    }

    package func entries(_ paths: [BytePath]) throws -> [BytePath: FileNode] {
        _ = try revision()
        var entries: [BytePath: FileNode] = [:]
        for path in paths {
            guard let status = try look(path) else { continue }
            entries[path] = try node(path, status)
        }
        return entries
    }

    package func fingerprint(_ directory: BytePath) throws -> TreeFingerprint {
        var builder = try TreeFingerprint.Builder()
        try walk(directory) { path, status in
            guard path.name != CatalogEntry.markerName, let relative = path.relative(to: directory) else { return }
            builder.add(relative, try node(path, status))
        }
        return builder.finish()
    }

    package func files(named name: [UInt8], below directory: BytePath) throws -> [BytePath] {
        guard try look(directory) != nil else { return [] }
        var files: [BytePath] = []
        try walk(directory) { path, status in
            if path.name == name, Self.type(status) == .regular { files.append(path) }
        }
        return files
    }

    package func links(below directory: BytePath, entries limit: Int) throws -> [BytePath: [UInt8]] {
        guard try look(directory) != nil else { return [:] }
        var links: [BytePath: [UInt8]] = [:]
        var entries = 0
        try walk(directory) { path, status in
            entries += 1
            if entries > limit { throw TooManyEntries(directory: directory, limit: limit) }
            if Self.type(status) == .symlink { links[path] = try target(path) }
        }
        return links
    }

    package func names(in directory: BytePath) throws -> [[UInt8]] {
        guard let status = try look(directory), Self.type(status) == .directory else { return [] }
        return try names(directory)
    }

    package func read(_ path: BytePath, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let file = try open(path, O_RDONLY) else { throw error("open", path) }
        try file.closeAfter {
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return }
                try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
    }

    package func exists(_ path: BytePath) throws -> Bool {
        _ = try revision()
        return try look(path) != nil
    }

    /// What the mount shows of a file, but for its extended attributes.
    private func node(_ path: BytePath, _ status: stat) throws -> FileNode {
        let kind = FileNode.Kind(
            mode: status.st_mode,
            size: Int64(status.st_size),
            device: DeviceNumber(encoded: Int64(bitPattern: UInt64(status.st_rdev))),
            target: Self.type(status) == .symlink ? try target(path) : []
        )
        guard let kind else { throw StockServerError("\(path) in \(root) is of a type that nobody knows") }
        return FileNode(
            kind,
            FileAttributes(
                mode: UInt16(status.st_mode & 0o7777),
                uid: status.st_uid,
                gid: status.st_gid,
                mtime: Int64(status.st_mtim.tv_sec),
                mtimeNanoseconds: Int32(status.st_mtim.tv_nsec)
            )
        )
    }

    private static func type(_ status: stat) -> Plumbing.FileType? {
        Plumbing.FileType(mode: status.st_mode)
    }

    /// Parents first, in path order.
    private func walk(_ path: BytePath, _ body: (BytePath, stat) throws -> Void) throws {
        guard let status = try look(path) else { throw StockServerError("\(path) is not in \(root)") }
        try body(path, status)
        guard Self.type(status) == .directory else { return }
        for name in try names(path) { try walk(path.appending(name), body) }
    }

    /// Opens what is at a path, nil where there is nothing. No link on the way is followed: a repository's links lead
    /// anywhere on the machine. Names are bytes: they need not be UTF-8.
    private func open(_ path: BytePath, _ flags: Int32) throws -> FileDescriptor? {
        let folder = Glibc.open(root.string, Int32(linux_O_PATH) | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw error("look at", path) }
        defer { close(folder) }
        let name = path.isRoot ? Array(".".utf8) : path.bytes
        let descriptor = (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                // The array is never empty.
                chars.baseAddress.map { linux_open_beneath(folder, $0, flags | O_CLOEXEC, 0) } ?? -1
            }
        }
        if descriptor >= 0 { return FileDescriptor(rawValue: descriptor) }
        if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
        throw error("look at", path)
    }

    private func look(_ path: BytePath) throws -> stat? {
        guard let file = try open(path, Int32(linux_O_PATH) | O_NOFOLLOW) else { return nil }
        return try file.closeAfter {
            var status = stat()
            guard fstat(file.rawValue, &status) == 0 else { throw error("look at", path) }
            return status
        }
    }

    private func target(_ path: BytePath) throws -> [UInt8] {
        guard let file = try open(path, Int32(linux_O_PATH) | O_NOFOLLOW) else { throw error("read the link", path) }
        return try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = bytes.withUnsafeMutableBytes { buffer in
                // The array is never empty.
                buffer.assumingMemoryBound(to: CChar.self).baseAddress.map {
                    readlinkat(file.rawValue, "", $0, buffer.count)
                } ?? -1
            }
            guard count >= 0 else { throw error("read the link", path) }
            return Array(bytes.prefix(count))
        }
    }

    private func names(_ path: BytePath) throws -> [[UInt8]] {
        guard let file = try open(path, O_RDONLY | O_DIRECTORY) else { throw error("list", path) }
        return try file.closeAfter {
            do throws(Errno) {
                return try DirectoryNames.all(in: ".", at: file.rawValue).sorted { $0.lexicographicallyPrecedes($1) }
            } catch {
                throw self.error("list", path, code: error.rawValue)
            }
        }
    }

    private func read(_ path: BytePath, size: Int) throws -> [UInt8] {
        guard size <= Self.sizeLimit else {
            throw StockServerError("\(path) in \(root) has \(size) bytes, more than the \(Self.sizeLimit) expected")
        }
        guard let file = try open(path, O_RDONLY) else { throw error("open", path) }
        return try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: size)
            var count = 0
            while count < size {
                let piece = try bytes.withUnsafeMutableBytes {
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
                }
                guard piece > 0 else { break }
                count += piece
            }
            return Array(bytes.prefix(count))
        }
    }

    private func error(_ what: String, _ path: BytePath, code: Int32 = errno) -> any Error {
        let remedy = code == ENOTCONN ? ": `cvmfs_server mount \(fqrn)` mounts it again" : ""
        let text = "cannot \(what) \(path) in \(root): \(Errno(rawValue: code))\(remedy)"
        return code == EACCES ? Denial(description: text) : StockServerError(text)
    }
}
