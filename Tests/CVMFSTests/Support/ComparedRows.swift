import CVMFS
import Plumbing
import SystemPackage
import TestSupport

/// Two trees of rows, published beside each other, and what differs between them. Their content need not be anywhere.
struct ComparedRows {
    private var before: [SubtreeEntry] = []
    private var after: [SubtreeEntry] = []

    /// Adds a directory to both trees.
    mutating func directory(_ path: String) throws {
        let path = try BytePath(path)
        let row = CatalogEntry.directory(path.name, modified: 1)
        before.append(SubtreeEntry(path: path, row: row))
        after.append(SubtreeEntry(path: path, row: row))
    }

    /// Adds rows to the trees; their names are that of the path.
    mutating func add(_ path: String, _ old: CatalogEntry?, _ new: CatalogEntry?) throws {
        let path = try BytePath(path)
        before += Self.entries(path, old)
        after += Self.entries(path, new)
    }

    /// Adds a file to both trees.
    mutating func file(_ path: String, _ old: StoredContent, _ new: StoredContent, bulk: ContentHash? = nil) throws {
        let path = try BytePath(path)
        for (content, isNew) in [(old, false), (new, true)] {
            var row = CatalogEntry.file(path.name, content: content, modified: 1)
            if case .chunked = content { row.hash = bulk }
            let entry = SubtreeEntry(path: path, row: row, chunks: content.chunks)
            if isNew { after.append(entry) } else { before.append(entry) }
        }
    }

    private static func entries(_ path: BytePath, _ row: CatalogEntry?) -> [SubtreeEntry] {
        guard var row else { return [] }
        row.name = path.name
        return [SubtreeEntry(path: path, row: row)]
    }

    /// What differs; `limits` say how many catalogs there are.
    func differences(limits: CatalogLimits = .standard) async throws -> [TreeDifference] {
        try await withTemporaryFolder { folder in
            // As deep trees as the commands read, on a stack of their size.
            try await onDedicatedThread("compare") { try self.differences(in: folder, limits) }
        }
    }

    private func differences(in folder: FilePath, _ limits: CatalogLimits) throws -> [TreeDifference] {
        let new = try NativeRepository(in: folder)
        let preparation = try new.repository.prepare(.test)
        let root = SubtreeEntry(path: BytePath(), row: .directory([], modified: 1))
        let catalogs = try [("a", before), ("b", after)].map { name, entries in
            let sorted = entries.sorted { $0.path < $1.path }
            return try preparation.catalog(of: [root] + sorted, at: BytePath(name), limits: limits)
        }
        _ = try new.repository.commit(preparation, .test) { transaction in
            for catalog in catalogs { try transaction.attach(catalog) }
        }
        try preparation.end()
        let reader = new.repository.reader
        return try TreeComparison(
            before: .init(BytePath("a"), of: reader.tree()),
            after: .init(BytePath("b"), of: reader.tree())
        ).differences()
    }
}

extension TreeComparison {
    /// All of them.
    func differences() throws -> [TreeDifference] {
        var differences: [TreeDifference] = []
        try run { differences.append($0) }
        return differences
    }
}

extension TreeDifference {
    /// The kind's first letter, the path and the aspects.
    var text: String {
        (["\(kind.rawValue.prefix(1)) \(path)"] + aspects.map(\.rawValue)).joined(separator: " ")
    }
}
