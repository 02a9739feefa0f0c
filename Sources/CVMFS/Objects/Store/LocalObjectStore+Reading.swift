import Glibc
import Plumbing
import SystemPackage

extension LocalObjectStore: ObjectReader {
    package var location: String { folder.root.string }

    package var lister: (any ObjectLister)? { self }

    package func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard try folder.read(hash.objectPath(kind), body) else {
            throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing in \(location)")
        }
    }

    package func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try folder.status(hash.objectPath(kind)).map { Int64($0.st_size) }
    }

    package func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try folder.status(hash.objectPath(kind)).map { Int64($0.st_mtim.tv_sec) }
    }

    package func readTopLevel(_ name: String) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        return try folder.read(name) { bytes.append(contentsOf: $0) } ? bytes : nil
    }
}

extension LocalObjectStore: ObjectLister {
    package func storedBytes() throws -> Int64 {
        var bytes: Int64 = 0
        for name in try folder.names(in: "data") where isFolder("data/\(name)") {
            for object in try folder.names(in: "data/\(name)") {
                guard let status = folder.statusOfLink("data/\(name)/\(object)") else { continue }
                bytes += Int64(status.st_size)
            }
        }
        return bytes
    }

    package func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        for name in try folder.names(in: "data").sorted() where name != "txn" {
            guard Hex.decode(name)?.count == 1, isFolder("data/\(name)") else {
                try body("data/\(name)", 0)
                continue
            }
            for object in try folder.names(in: "data/\(name)").sorted() {
                let path = "data/\(name)/\(object)"
                // Another process may remove one while this walks.
                guard let status = folder.statusOfLink(path) else { continue }
                try body(path, Int64(status.st_mtim.tv_sec))
            }
        }
    }

    private func isFolder(_ path: String) -> Bool {
        folder.statusOfLink(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }
}
