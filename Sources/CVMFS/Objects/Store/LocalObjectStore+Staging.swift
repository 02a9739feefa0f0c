extension LocalObjectStore: ObjectStaging {
    /// The 256 folders of objects and the one for temporary files.
    package func createSkeleton() throws {
        for path in Self.folders { try folder.makeFolder(path) }
    }

    package func writer(labelled label: String, announce: @escaping Announcement) throws -> any ObjectWriter {
        try refuseForeignLinks(["data"])
        try refuseForeignLinks(folder.possibleLinks(in: "data").map { "data/\($0)" })
        return LocalObjectStore(folder: folder, label: label, announce: announce)
    }

    package func removeTemporaryFiles(prefix: String) throws {
        for name in try folder.names(in: "data/txn") where name.hasPrefix(prefix) {
            try folder.remove("data/txn/\(name)")
        }
    }

    package func synchronize() throws { try folder.synchronizeAll() }

    package func freeBytes() throws -> Int64? { try folder.freeBytes() }

    package func reservedBytes() throws -> Int64 { try folder.reservedBytes() }
}
