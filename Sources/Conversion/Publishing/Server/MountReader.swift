import CLinux
package import CVMFS
import Foundation
import Glibc
import Plumbing
import SystemPackage

/// Reads a repository in the read-only mount of `cvmfs_server`, which verifies what it shows: where the storage is out of
/// reach. It shows the revision of this machine's last transaction.
package struct MountReader: RevisionReader {
    private let fqrn: String
    private let root: FilePath
    private static let sizeLimit = 16 << 20

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
            throw ConversionError(
                "\(root) does not show a revision of \(fqrn): `cvmfs_server mount \(fqrn)` mounts it"
            )
        }
        return revision
    }

    func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        _ = try revision()
        var contents: [BytePath: [UInt8]] = [:]
        for path in paths {
            guard let status = try look(path) else { continue }
            switch CVMFS.FileType(rawValue: status.st_mode & 0o170000) {
            case .directory: contents[path] = []
            case .regular: contents[path] = try read(path, size: Int(status.st_size))
            default: break
            }
        }
        return contents
    }

    func fingerprint(_ directory: BytePath) throws -> TreeFingerprint {
        var builder = try TreeFingerprint.Builder()
        try walk(directory, from: directory, &builder)
        return builder.finish()
    }

    private func walk(_ path: BytePath, from top: BytePath, _ builder: inout TreeFingerprint.Builder) throws {
        guard let status = try look(path), let relative = path.relative(to: top) else {
            throw ConversionError("\(path) is not in \(root)")
        }
        let type = CVMFS.FileType(rawValue: status.st_mode & 0o170000)
        builder.add(
            relative,
            TreeFingerprint.Entry(
                mode: status.st_mode,
                uid: status.st_uid,
                gid: status.st_gid,
                size: Int64(status.st_size),
                target: type == .symlink ? try target(path) : []
            )
        )
        guard type == .directory else { return }
        for name in try names(path) where name != CatalogEntry.markerName {
            try walk(path.appending(name), from: top, &builder)
        }
    }

    /// Names are bytes: they need not be UTF-8.
    private func withPath<Value>(_ path: BytePath, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
        let bytes = Array(root.string.utf8) + [UInt8(ascii: "/")] + path.bytes + [0]
        return bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                // The array is never empty.
                chars.baseAddress.map(body) ?? "".withCString(body)
            }
        }
    }

    private func look(_ path: BytePath) throws -> stat? {
        var status = stat()
        if withPath(path, { lstat($0, &status) }) == 0 { return status }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw error("look at", path)
    }

    private func target(_ path: BytePath) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = withPath(path) { name in
            bytes.withUnsafeMutableBytes { buffer in
                // The array is never empty.
                buffer.assumingMemoryBound(to: CChar.self).baseAddress.map { readlink(name, $0, buffer.count) } ?? -1
            }
        }
        guard count >= 0 else { throw error("read the link", path) }
        return Array(bytes.prefix(count))
    }

    private func names(_ path: BytePath) throws -> [[UInt8]] {
        guard let folder = withPath(path, { opendir($0) }) else { throw error("list", path) }
        defer { closedir(folder) }
        var names: [[UInt8]] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in bytes.prefix { $0 != 0 }.map { $0 } }
            if BytePath.isName(name) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func read(_ path: BytePath, size: Int) throws -> [UInt8] {
        guard size <= Self.sizeLimit else {
            throw ConversionError("\(path) in \(root) has \(size) bytes, more than the \(Self.sizeLimit) expected")
        }
        let descriptor = withPath(path) { Glibc.open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw error("open", path) }
        let file = FileDescriptor(rawValue: descriptor)
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

    private func error(_ what: String, _ path: BytePath) -> ConversionError {
        let code = errno
        let remedy = code == ENOTCONN ? ": `cvmfs_server mount \(fqrn)` mounts it again" : ""
        return ConversionError("cannot \(what) \(path) in \(root): \(Errno(rawValue: code))\(remedy)")
    }
}
