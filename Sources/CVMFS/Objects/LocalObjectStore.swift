import CLinux
import Foundation
import Glibc
import Plumbing
import Synchronization
package import SystemPackage

/// A repository's storage in a directory (docs/cvmfs-format.md §1.2 to §1.4).
package final class LocalObjectStore: ObjectStore {
    /// The directory that holds `data` and the `.cvmfs…` files.
    package let root: FilePath
    // The directory itself stays open: paths below it are short, and a rename of the storage does no harm.
    private let directory: Int32
    private let temporaryNames = Atomic<UInt64>(0)
    private let temporaryPath: String
    /// Temporary files of ours, whoever's process it is, begin like this.
    static let temporaryPrefix = "wafer-"

    /// Opens a storage. `label` marks the temporary files of this process, so that its remains can be told.
    package init(root: FilePath, label: String = "\(temporaryPrefix)\(getpid())") throws {
        let descriptor = SystemCall.open(root.string, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw SystemCall.error("open the storage", root.string) }
        self.root = root
        directory = descriptor
        temporaryPath = "data/txn/\(label)."
    }

    deinit { close(directory) }

    private static let folders =
        ["data"] + (0..<256).map { "data/\(Hex.encode(CollectionOfOne(UInt8($0))))" } + ["data/txn"]

    package var location: String { root.string }

    /// Creates the 256 folders of objects and the one for temporary files in an existing directory.
    package func createSkeleton() throws {
        for folder in Self.folders {
            if mkdirat(directory, folder, 0o755) != 0 {
                guard errno == EEXIST else { throw SystemCall.error("create", absolute(folder)) }
                continue
            }
            // What web servers cannot enter is not served, whatever this process's mask says.
            guard fchmodat(directory, folder, 0o755, 0) == 0 else {
                throw SystemCall.error("change the mode of", absolute(folder))
            }
        }
    }

    package func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let path = hash.objectPath(kind)
        let descriptor = SystemCall.open(path, at: directory, O_RDONLY)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing in \(location)") }
            throw SystemCall.error("open", absolute(path))
        }
        defer { close(descriptor) }
        try SystemCall.read(descriptor, absolute(path), body)
    }

    package func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try size(atPath: hash.objectPath(kind))
    }

    package func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try status(hash.objectPath(kind)).map { Int64($0.st_mtim.tv_sec) }
    }

    private func size(atPath path: String) throws -> Int64? {
        try status(path).map { Int64($0.st_size) }
    }

    private func status(_ path: String) throws -> stat? {
        var status = stat()
        if fstatat(directory, path, &status, 0) == 0 { return status }
        guard errno == ENOENT else { throw SystemCall.error("look at", absolute(path)) }
        return nil
    }

    @discardableResult
    package func write(
        _ bytes: UnsafeRawBufferPointer,
        as hash: ContentHash,
        _ kind: ObjectKind,
        announce: (String) throws -> Void
    ) throws -> Bool {
        let path = hash.objectPath(kind)
        // A torn object of an earlier crash has another length; the journal finds those of equal length.
        if try size(atPath: path) == Int64(bytes.count) { return false }
        try writeFile(path, bytes, durably: false) { try announce(path) }
        return true
    }

    package func remove(_ hash: ContentHash, _ kind: ObjectKind) throws {
        let path = hash.objectPath(kind)
        try refuseForeignLinks(["data", "data/\(path.split(separator: "/").dropFirst().first ?? "")"])
        try removeFile(path)
    }

    /// Where others can exchange the storage, its folders could lead a publisher with more rights than they have anywhere.
    private func refuseForeignLinks(_ folders: [String]) throws {
        for folder in folders {
            var status = stat()
            guard fstatat(directory, folder, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFLNK, status.st_uid != geteuid(), status.st_uid != 0 else { continue }
            throw CVMFSError(
                .notTrusted,
                "\(absolute(folder)) is a link of the user \(status.st_uid), who could lead it elsewhere: put a folder in its "
                    + "place"
            )
        }
    }

    private func removeFile(_ path: String) throws {
        guard unlinkat(directory, path, 0) == 0 || errno == ENOENT else {
            throw SystemCall.error("remove", absolute(path))
        }
    }

    package func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        for folder in try names(in: "data").sorted() where folder != "txn" {
            guard Hex.decode(folder)?.count == 1, isFolder("data/\(folder)") else {
                try body("data/\(folder)", 0)
                continue
            }
            for name in try names(in: "data/\(folder)").sorted() {
                let path = "data/\(folder)/\(name)"
                var status = stat()
                // Another process may remove one while this walks.
                guard fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                try body(path, Int64(status.st_mtim.tv_sec))
            }
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package func preparing(as label: String) throws -> any ObjectStore {
        try refuseForeignLinks(Self.folders)
        return try LocalObjectStore(root: root, label: label)
    }

    package func removeTemporaryFiles(prefix: String) throws {
        for name in try names(in: "data/txn") where name.hasPrefix(prefix) {
            try removeFile("data/txn/\(name)")
        }
    }

    private func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: absolute(folder))
        } catch {
            throw CVMFSError(.system, "cannot list \(absolute(folder)): \(error.localizedDescription)")
        }
    }

    package func readTopLevel(_ name: String) throws -> [UInt8]? {
        let descriptor = SystemCall.open(name, at: directory, O_RDONLY)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw SystemCall.error("open", absolute(name)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        try SystemCall.read(descriptor, absolute(name)) { bytes.append(contentsOf: $0) }
        return bytes
    }

    package func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try writeFile(name, $0, durably: true) {} }
        // The rename itself lies in the directory.
        guard fsync(directory) == 0 else { throw SystemCall.error("sync", location) }
    }

    package func synchronize() throws {
        guard syncfs(directory) == 0 else { throw SystemCall.error("sync", location) }
    }

    package func freeBytes() throws -> Int64? {
        var status = statvfs()
        guard fstatvfs(directory, &status) == 0 else { throw SystemCall.error("look at", location) }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    private func writeFile(
        _ path: String,
        _ bytes: UnsafeRawBufferPointer,
        durably: Bool,
        beforeRename: () throws -> Void
    ) throws {
        let number = temporaryNames.add(1, ordering: .relaxed).newValue
        let temporary = temporaryPath + String(number)
        let descriptor = SystemCall.open(temporary, at: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        guard descriptor >= 0 else { throw SystemCall.error("create", absolute(temporary)) }
        do {
            defer { close(descriptor) }
            try SystemCall.write(bytes, to: descriptor, absolute(temporary))
            // What clients cannot read is not published, whatever this process's mask says.
            if fchmod(descriptor, 0o644) != 0 { throw SystemCall.error("change the mode of", absolute(temporary)) }
            if durably, fsync(descriptor) != 0 { throw SystemCall.error("sync", absolute(temporary)) }
            try beforeRename()
            guard renameat(directory, temporary, directory, path) == 0 else {
                throw SystemCall.error("rename to", absolute(path))
            }
        } catch {
            unlinkat(directory, temporary, 0)
            throw error
        }
    }

    private func absolute(_ path: String) -> String {
        root.string + "/" + path
    }
}

extension LocalObjectStore {
    package func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        guard symlinkat(hash.objectPath(kind), directory, name) == 0 || errno == EEXIST else {
            throw SystemCall.error("create", absolute(name))
        }
    }
}
