import Glibc
import Plumbing
package import SystemPackage

/// A repository's storage in a directory (docs/cvmfs-format.md §1.2 to §1.4).
package struct LocalObjectStore: Sendable {
    let folder: StorageFolder
    private let temporaryPath: String
    /// Told of new objects before they get their names; nil for a store that no preparation writes.
    private let announce: Announcement?
    /// Temporary files of ours, whoever's process it is, begin like this.
    static let temporaryPrefix = "wafer-"

    /// Opens a storage: the directory that holds `data` and the `.cvmfs…` files. Throws ``CVMFSError`` where there is none.
    package init(root: FilePath) throws {
        self.init(folder: try StorageFolder(root), label: "\(Self.temporaryPrefix)\(getpid())", announce: nil)
    }

    /// `label` marks the temporary files, so that the remains of a process can be told.
    init(folder: StorageFolder, label: String, announce: Announcement?) {
        self.folder = folder
        self.announce = announce
        temporaryPath = "data/txn/\(label)."
    }

    static let folders =
        ["data"] + (0..<256).map { "data/\(Hex.encode(CollectionOfOne(UInt8($0))))" } + ["data/txn"]

    /// Where others can exchange the storage, its folders could lead a publisher with more rights than they have anywhere.
    func refuseForeignLinks(_ paths: [String]) throws {
        for path in paths {
            guard let status = folder.statusOfLink(path) else { continue }
            guard status.st_mode & S_IFMT == S_IFLNK, status.st_uid != geteuid(), status.st_uid != 0 else { continue }
            throw CVMFSError(
                .notTrusted,
                "\(folder.absolute(path)) is a link of the user \(status.st_uid), who could lead it elsewhere: put a folder in "
                    + "its place"
            )
        }
    }
}

extension LocalObjectStore: ObjectWriter {
    /// The result is there when this returns.
    package func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        completion(Result { try write(bytes, hash, kind) })
    }

    private func write(_ bytes: [UInt8], _ hash: ContentHash, _ kind: ObjectKind) throws -> Bool {
        let path = hash.objectPath(kind)
        // A torn object of an earlier crash has another length; the journal finds those of equal length.
        if let status = try folder.status(path), status.st_size == bytes.count { return false }
        try bytes.withUnsafeBytes {
            try folder.replace(path, with: $0, temporaryPrefix: temporaryPath, durably: false) {
                try announce?(hash, kind)
            }
        }
        return true
    }

    /// Every write has ended with its call.
    package func drain() {}

    package func remove(_ hash: ContentHash, _ kind: ObjectKind) throws {
        let path = hash.objectPath(kind)
        try refuseForeignLinks(["data", "data/\(path.split(separator: "/").dropFirst().first ?? "")"])
        try folder.remove(path)
    }
}

extension LocalObjectStore: TopLevelWriter {
    package func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes {
            try folder.replace(name, with: $0, temporaryPrefix: temporaryPath, durably: true)
        }
        // The rename itself lies in the directory.
        try folder.synchronizeNames()
    }

    package func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        try folder.link(name, to: hash.objectPath(kind))
    }
}
