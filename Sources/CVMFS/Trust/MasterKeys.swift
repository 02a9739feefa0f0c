import Foundation
import Plumbing
package import SystemPackage

/// The public master keys of which one must have signed a repository's whitelist: files, and folders whose files `*.pub`
/// all count, as with the stock client's `CVMFS_PUBLIC_KEY` and `CVMFS_KEYS_DIR` (docs/cvmfs-format.md §2.4).
package struct MasterKeys: Sendable, Equatable {
    /// Files and folders.
    package let paths: [FilePath]

    /// Keys in these places.
    package init(paths: [FilePath]) {
        self.paths = paths
    }

    /// The places of a list with colons between them.
    package init(list: String) {
        paths = list.split(separator: ":").map { FilePath(String($0)) }
    }

    /// The places with colons between them.
    package var list: String { paths.map(\.string).joined(separator: ":") }

    /// Reads the keys. Throws ``CVMFSError`` where a file is missing or none of them is there. Blocks.
    package func load() throws -> [PublicKey] {
        var keys: [PublicKey] = []
        for path in paths {
            for file in try Self.files(at: path) {
                let key = try PublicKey(file: file)
                if !keys.contains(key) { keys.append(key) }
            }
        }
        guard !keys.isEmpty else {
            throw CVMFSError(.notFound, "no public master key (*.pub) in \(Printable.text(list))")
        }
        return keys
    }

    private static func files(at path: FilePath) throws -> [FilePath] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path.string)
                .filter { $0.hasSuffix(".pub") }
                .sorted()
                .map { path.appending($0) }
        } catch {
            throw CVMFSError(.system, "cannot list \(path): \(error.localizedDescription)")
        }
    }
}
