import CVMFS
import Foundation
import Glibc
import Plumbing
import SystemPackage

/// The folder where `cvmfs_server` keeps what is not served: locks, the hash of the reference log, the state of its own
/// mounts (docs/cvmfs-format.md §6.1).
struct SpoolFolder: Sendable {
    let root: FilePath

    var transactionFlag: FilePath { root.appending("in_transaction.lock") }
    var publishingLock: FilePath { root.appending("is_publishing.lock") }
    /// Held by garbage collections and checks.
    var collectionLock: FilePath { root.appending("is_collecting.lock") }
    /// There while the working copy shows another revision than the published one.
    var checkoutMarker: FilePath { root.appending("checkout") }
    var reflogChecksum: FilePath { root.appending("reflog.chksum") }
    /// Which revision the read-only mount shows.
    var clientConfiguration: FilePath { root.appending("client.local") }
    /// Where the read-only mount takes commands; there only while it is mounted.
    var talkSocket: FilePath { root.appending("cvmfs_io") }

    /// The hash of the reference log that was written last; nil where none is kept.
    func readReflogChecksum() throws -> ContentHash? {
        guard let text = try Self.read(reflogChecksum) else { return nil }
        guard let hash = ContentHash(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CVMFSError(
                .corrupt,
                "\(reflogChecksum) holds no hash: remove it and \(Reflog.fileName), and `cvmfs_server gc` makes a new log"
            )
        }
        return hash
    }

    func writeReflogChecksum(_ hash: ContentHash) throws {
        try Self.replace(reflogChecksum, by: "\(hash)", mode: 0o644)
    }

    /// Makes the read-only mount show a root the next time it is mounted.
    func pinRoot(_ root: ContentHash) throws {
        let key = "CVMFS_ROOT_HASH="
        let old = try Self.read(clientConfiguration) ?? ""
        var lines = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        lines.removeAll { $0.hasPrefix(key) }
        lines.append("\(key)\(root)")
        try Self.replace(clientConfiguration, by: lines.map { $0 + "\n" }.joined(), mode: 0o644)
    }

    /// The text of a small file, nil where there is none.
    static func read(_ path: FilePath) throws -> String? {
        do {
            // The folder is the repository owner's, and root may work there: no link of that one leads it elsewhere.
            let bytes = try NamedFile.read(path, limit: 1 << 20, links: .ours)
            return bytes.map { String(decoding: $0, as: UTF8.self) }
        } catch FileFault.system(let error) {
            throw SystemCall.error("open", path.string, code: error.rawValue)
        } catch let fault as FileFault {
            throw CVMFSError(.refused, "cannot read \(path): \(fault)")
        }
    }

    /// Replaces a small file as a whole and durably.
    static func replace(_ path: FilePath, by text: String, mode: mode_t) throws {
        try FilePlace(path).replace(by: text, mode: mode)
    }
}
