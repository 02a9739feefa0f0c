import CVMFS
import Foundation
import Glibc
import Plumbing
import SystemPackage

/// `in_transaction.lock`, the file whose existence tells the stock tools that a transaction is open
/// (docs/cvmfs-format.md §6.1).
///
/// Theirs is empty and outlives every process. Ours names this process and is locked by it, so that one which a crash
/// left can be told and removed.
final class TransactionFlag {
    private let path: FilePath
    private let lock: FileLock
    private static let mark = "wafer "

    private init(path: FilePath, lock: FileLock) {
        self.path = path
        self.lock = lock
    }

    deinit {
        // Somebody may have aborted what they took for a dead transaction: another's flag stays.
        if lock.isAt(FilePlace(path)) { unlink(path.string) }
    }

    /// Sets the flag; nil where it is set. One that a dead process of ours left is taken away first.
    static func attempt(_ path: FilePath, purpose: String) throws -> TransactionFlag? {
        try removeRemains(path)
        // It appears complete and locked, or not at all.
        let temporary = FilePath("\(path).\(getpid())-\(UUID().uuidString.prefix(8))")
        guard let lock = try FileLock.attempt(FilePlace(temporary)) else {
            throw CVMFSError(.busy, "the new file \(temporary) is locked already")
        }
        defer { unlink(temporary.string) }
        try lock.writeHolder(purpose, mark: mark)
        if link(temporary.string, path.string) == 0 { return TransactionFlag(path: path, lock: lock) }
        guard errno == EEXIST else { throw SystemCall.error("create", path.string) }
        return nil
    }

    /// Who set the flag, and since when.
    static func holder(of path: FilePath, fqrn: String) -> String {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return "the transaction of \(fqrn) just ended" }
        if let text = ownText(path) { return "\(Printable.text(text)) publishes \(fqrn)" }
        let since = Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)).formatted(.iso8601)
        return "cvmfs_server has a transaction open on \(fqrn) since \(since) (\(path)); "
            + "`cvmfs_server publish \(fqrn)` or `cvmfs_server abort \(fqrn)` ends it"
    }

    private static func removeRemains(_ path: FilePath) throws {
        guard ownText(path) != nil else { return }
        let lock: FileLock?
        do {
            lock = try FileLock.attempt(FilePlace(path), create: false)
        } catch let error as CVMFSError where error.code == .notFound {
            return
        }
        if let lock, lock.isAt(FilePlace(path)), ownText(path) != nil { unlink(path.string) }
    }

    /// What the file says where it is ours. One that cannot be read is not.
    private static func ownText(_ path: FilePath) -> String? {
        let text = try? String(contentsOfFile: path.string, encoding: .utf8)
        return text.flatMap { $0.hasPrefix(mark) ? $0 : nil }
    }
}
