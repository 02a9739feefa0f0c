import CVMFS
import Foundation
import Plumbing
import TestSupport
import Testing

/// What differs between trees, in which order, and what is read for that.
@Suite("Comparing trees")
struct TreeComparisonTests {
    private static func file(_ byte: UInt8, size: Int64 = 5) throws -> CatalogEntry {
        let hash = try #require(ContentHash(algorithm: .sha1, digest: Array(repeating: byte, count: 20)))
        return .file([], content: .whole(hash: hash, size: size, compression: .zlib), modified: 1)
    }

    @Test("parents first and in path order, in one catalog or many", arguments: [100_000, 4])
    func order(entries: Int) async throws {
        var rows = ComparedRows()
        let directory = CatalogEntry.directory([], modified: 1)
        for path in ["d", "d/e", "same"] { try rows.directory(path) }
        for number in 10..<30 {
            for parent in ["d", "d/e", "same"] { try rows.add("\(parent)/\(number)", Self.file(1), Self.file(1)) }
        }
        try rows.add("d-x", Self.file(1), Self.file(2, size: 7))
        try rows.add("d/e/x", Self.file(1), nil)
        try rows.add("d/e/y", nil, directory)
        for number in 10..<20 { try rows.add("d/e/y/\(number)", nil, Self.file(1)) }
        try rows.add("d.x", nil, .symlink([], target: [120], modified: 1))
        try rows.add("t", directory, Self.file(1))
        for number in 10..<13 { try rows.add("t/\(number)", Self.file(9, size: 100), nil) }
        let differences = try await rows.differences(limits: CatalogLimits(maximum: entries, minimum: 4))
        #expect(
            differences.map(\.text) == ["r d/e/x", "a d/e/y"] + (10..<20).map { "a d/e/y/\($0)" }
                + ["c d-x content size", "a d.x", "c t type mode"] + (10..<13).map { "r t/\($0)" }
        )
        var totals = DifferenceTotals()
        for difference in differences { totals.add(difference) }
        #expect(totals.added.entries == 12 && totals.added.bytes == 50)
        #expect(totals.removed.entries == 4 && totals.removed.bytes == 305)
        #expect(totals.changed.entries == 2 && totals.changed.bytes == 12 && totals.changedBytesBefore == 5)
    }

    @Test("as deep as a path can be")
    func depth() async throws {
        var (rows, path) = (ComparedRows(), "d")
        for _ in 0..<2030 {
            try rows.directory(path)
            path += "/d"
        }
        try rows.add(path, Self.file(1), Self.file(2))
        #expect(try await rows.differences().map(\.text) == ["c \(path) content"])
    }

    @Test("lengths that cannot be added up count as much as a number holds, and changed modes count nothing")
    func sums() async throws {
        var rows = ComparedRows()
        for name in ["a", "b"] { try rows.add(name, nil, Self.file(1, size: .max)) }
        try rows.add("c", nil, Self.file(1, size: -1))
        var executable = try Self.file(1)
        executable.mode |= 0o111
        try rows.add("d", Self.file(1), executable)
        var totals = DifferenceTotals()
        #expect(totals.isEmpty)
        for difference in try await rows.differences() { totals.add(difference) }
        #expect(totals.added.entries == 3 && totals.added.bytes == .max)
        #expect(totals.changed.entries == 1 && totals.changed.bytes == 0 && totals.changedBytesBefore == 0)
    }

    @Test("of two revisions, nothing is loaded but the catalogs that differ: no content, no catalog that both have")
    func loads() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            for layer in ["same/1", "same/2", "x/kept", "x/gone"] { try new.publish(["f": [1]], at: layer) }
            try new.publish(["f": [1]], at: "x/other") { try $0.remove(BytePath("x/gone")) }
            let names = try RevisionNames(new.repository.reader)
            let (old, now) = (try names.previous(), names.published)
            let whole = try MemoryObjectStore(folder: new.storage)
            let store = MemoryObjectStore()
            func keep(_ hash: ContentHash) { store[hash.objectPath(.catalog)] = whole[hash.objectPath(.catalog)] }
            for root in [old.root, now.root] {
                keep(root.hash)
                for (path, reference) in try Catalog(bytes: whole.loadInflated(root.hash, .catalog)).nestedCatalogs()
                where ["x/gone", "x/other"].contains(path.description) {
                    keep(reference.hash)
                }
            }
            func compare(_ path: String) throws -> [String] {
                try TreeComparison(
                    before: .init(BytePath(path), of: CatalogTree(store: store, root: old.root)),
                    after: .init(BytePath(path), of: CatalogTree(store: store, root: now.root))
                ).differences().map(\.text).map { $0.replacing(" time", with: "") }
            }
            #expect(
                try compare("/").filter { !$0.hasPrefix("c") } == [
                    "r x/gone", "r x/gone/f", "a x/other", "a x/other/f",
                ]
            )
            #expect(try compare("same") == [])
            #expect(throws: CVMFSError.self) { try compare("same/1/f") }
            #expect(try compare("x/gone") == ["r /", "r f"])
            #expect(try compare("x/other") == ["a /", "a f"])
            #expect(try compare("x/other/f") == ["a /"])
            let error = #expect(throws: CVMFSError.self) { try compare("x/none") }
            #expect(error?.code == .notFound && error?.description.contains("/x/none exists on neither side") == true)
        }
    }

    @Test("a file with a file, and with a directory")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1], "g": [2]], at: "x")
            func compare(_ before: String, _ after: String) throws -> [String] {
                try TreeComparison(
                    before: .init(BytePath(before), of: new.repository.reader.tree()),
                    after: .init(BytePath(after), of: new.repository.reader.tree())
                ).differences().map(\.text)
            }
            #expect(try compare("x/f", "x/f") == [])
            #expect(try compare("x/f", "x/g") == ["c / content"])
            #expect(try compare("x/f", "x") == ["c / type mode time", "a f", "a g"])
            #expect(try compare("x/f/none", "x/g") == ["a /"])
        }
    }

    @Test("what another revision shows is compared where the path leads there, and hidden entries are left out")
    func otherRevisions() async throws {
        try await withHandMadeRepository("--virtual", "--revisions", "3") { hand in
            let reader = try hand.open().reader
            let names = try RevisionNames(reader)
            func compare(_ before: String, _ old: NamedRevision, _ after: String, _ new: NamedRevision) throws
                -> [String]
            {
                try TreeComparison(
                    before: .init(BytePath(before), of: reader.tree(of: old)),
                    after: .init(BytePath(after), of: reader.tree(of: new))
                ).differences().filter { !$0.path.isRoot }.map(\.text)
            }
            let (first, second, third) = try (names.revision("1"), names.revision("2"), names.published)
            #expect(try compare("/", first, "/", third) == ["c hello content"])
            let snapshot = ".cvmfs/snapshots/first"
            #expect(try compare(snapshot, third, "/", third) == ["c hello content"])
            #expect(try compare(snapshot, third, "/", first) == [])
            #expect(try compare(snapshot, second, snapshot, third) == [])
            #expect(try compare(".cvmfs", second, ".cvmfs", third) == [])
            #expect(try compare("dev", third, ".cvmfs/snapshots", third).contains("a first"))
            #expect(try compare("sub", third, snapshot + "/sub", third) == [])
        }
    }
}
