import CVMFS
import Foundation
import Plumbing
import TestSupport
import Testing

@Suite("Large subtrees in several catalogs")
struct NestedCatalogTests {
    private static let limits = CatalogLimits(maximum: 20, minimum: 4)
    private static let marker = Array(".cvmfscatalog".utf8)

    /// A published tree: what each of its catalogs says of itself, read back with every catalog loaded anew.
    private struct Published {
        let repository: NativeRepository
        let tree: CatalogTree
        let prepared: PreparedCatalog
        var catalogs: [BytePath: (own: Counters, below: Counters, rows: Int)] = [:]

        init(_ entries: [SubtreeEntry], in repository: NativeRepository, limits: CatalogLimits) throws {
            self.repository = repository
            let preparation = try repository.repository.prepare(.test)
            let prepared = try preparation.catalog(of: entries, at: BytePath("some/layer"), limits: limits)
            self.prepared = prepared
            _ = try repository.repository.commit(preparation, .test) {
                try $0.attach(prepared)
            }
            try preparation.end()
            tree = try repository.repository.reader.tree()
            try read(prepared.reference)
        }

        private mutating func read(_ reference: CatalogReference) throws {
            let bytes = try repository.repository.reader.store.loadInflated(reference.hash, .catalog)
            let catalog = try Catalog(bytes: bytes)
            let (own, below) = try catalog.counters()
            let kinds: [Counters.Name] = [.regular, .symlink, .special, .dir]
            catalogs[catalog.rootPrefix] = (own, below, Int(kinds.reduce(0) { $0 + own[$1] }))
            for child in try catalog.nestedCatalogs() { try read(child.reference) }
        }
    }

    /// What must hold for any tree.
    private func expectWhole(_ published: Published, _ entries: [SubtreeEntry], limits: CatalogLimits) throws {
        let root = try BytePath("some/layer")
        var read: [BytePath: CatalogEntry] = [:]
        var mountpoints: Set<BytePath> = []
        var markers: Set<BytePath> = []
        try published.tree.walk(root) { path, row in
            if row.flags.contains(.mountpoint) { mountpoints.insert(path) }
            if row.name == Self.marker, let parent = path.parent {
                markers.insert(parent)
            } else if let relative = path.relative(to: root) {
                read[relative] = row
            }
        }
        #expect(mountpoints == Set(published.catalogs.keys))
        #expect(markers == mountpoints)
        #expect(Set(read.keys) == Set(entries.map(\.path)))
        for entry in entries { #expect(read[entry.path]?.modified == entry.row.modified) }
        // The counters of the whole, from the rows: a mountpoint is counted on both sides.
        var recount = Counters()
        for entry in entries { recount.count(entry.row, chunks: 0) }
        recount[.dir] += Int64(published.catalogs.count - 1)
        recount[.nested] = Int64(published.catalogs.count - 1)
        recount[.regular] += Int64(published.catalogs.count)
        #expect(published.prepared.counters == recount)
        for (path, catalog) in published.catalogs {
            let below = published.catalogs.filter { $0.key != path && $0.key.starts(with: path) }
            #expect(catalog.below == below.values.reduce(Counters()) { $0 + $1.own }, "\(path)")
            expectLight(path.relative(to: root) ?? path, catalog.rows, entries, limits)
        }
    }

    /// A catalog above the maximum must have a directory in it that is too wide by itself.
    private func expectLight(_ path: BytePath, _ rows: Int, _ entries: [SubtreeEntry], _ limits: CatalogLimits) {
        guard rows > limits.maximum else { return }
        let inside = entries.filter { $0.path.starts(with: path) }
        let widths = Dictionary(grouping: inside.compactMap(\.path.parent), by: { $0 }).values.map(\.count)
        #expect((widths.max() ?? 0) + 2 > limits.maximum, "\(path) has \(rows) rows")
    }

    @Test(
        "deep, wide and huge trees are sound and complete",
        arguments: [
            [:], ["": 60], ["a": 8, "a/b": 8, "a/b/c": 8, "a/b/c/d": 8], ["a": 12, "b": 12, "c": 12, "d/e": 2],
            ["a": 60, "b": 3, "a/x": 9], ["a/b/c/d/e/f/g/h": 30, "a/b/c/x": 6],
        ] as [[String: Int]]
    )
    func shapes(files: [String: Int]) async throws {
        try await withTemporaryFolder { folder in
            let entries = try SampleTree(files: files).entries()
            let published = try Published(entries, in: try NativeRepository(in: folder), limits: Self.limits)
            try expectWhole(published, entries, limits: Self.limits)
            try await published.repository.expectSound()
        }
    }

    @Test("random trees: nothing lost, counters equal to a recount, no catalog above the maximum where it can be kept")
    func randomTrees() async throws {
        try await withTemporaryFolder { folder in
            let repository = try NativeRepository(in: folder)
            var most = 0
            let trees = UInt64(Thoroughness.rounds(short: 10, thorough: 40))
            for seed in 0..<trees {
                let entries = try SampleTree(seed: seed).entries()
                // One after the other in the same place: a replaced subtree leaves no counter behind.
                let published = try Published(entries, in: repository, limits: Self.limits)
                try expectWhole(published, entries, limits: Self.limits)
                most = max(most, published.catalogs.count)
                if seed % 10 == 9 { try await repository.expectSound() }
            }
            #expect(most > 5)
        }
    }

    @Test("the same tree gives the same catalogs, and another limit others")
    func deterministic() async throws {
        try await withTemporaryFolder { folder in
            let repository = try NativeRepository(in: folder)
            let entries = try SampleTree(files: ["a": 12, "b": 12, "c": 12, "d/e": 2]).entries()
            let one = try Published(entries, in: repository, limits: Self.limits)
            let two = try Published(entries, in: repository, limits: Self.limits)
            let whole = try Published(entries, in: repository, limits: .standard)
            #expect(one.prepared.reference == two.prepared.reference)
            #expect(one.catalogs.count > 1)
            #expect(whole.prepared.reference != one.prepared.reference)
            #expect(whole.catalogs.count == 1)
            try await repository.expectSound()
        }
    }

    @Test("a subtree that is read by itself is as it is in the whole, whichever of its paths is asked for first")
    func alone() async throws {
        try await withTemporaryFolder { folder in
            let entries = try SampleTree(files: ["a": 12, "a/b": 12, "c": 12, "d/e": 9]).entries()
            let repository = try NativeRepository(in: folder)
            let published = try Published(entries, in: repository, limits: Self.limits)
            #expect(published.catalogs.count > 2)
            let root = try BytePath("some/layer")
            let subtree = try #require(try published.tree.subtree(at: root))
            let given = try #require(try published.tree.subtree(at: root, published.prepared.reference))
            let directories = entries.filter(\.row.isDirectory).map { root.appending($0.path) }
            for directory in directories + directories.reversed() {
                let listing = try published.tree.listing(of: directory)
                #expect(!listing.isEmpty)
                #expect(try subtree.listing(of: directory) == listing)
                #expect(try given.listing(of: directory) == listing)
            }
            #expect(try published.tree.subtree(at: BytePath("some")) == nil)
            // A catalog that is given need not be the one that lies there.
            let later = try Published(SampleTree(files: ["e": 2]).entries(), in: repository, limits: Self.limits)
            let former = try #require(try later.tree.subtree(at: root, published.prepared.reference))
            #expect(try former.listing(of: root) == given.listing(of: root))
            #expect(try later.tree.subtree(at: root)?.listing(of: root) != given.listing(of: root))
        }
    }

    @Test("a layer of 120,000 entries has no catalog above 100,000")
    func large() async throws {
        try await withTemporaryFolder { folder in
            let entries = try SampleTree(files: ["a": 40_000, "b": 40_000, "c": 40_000]).entries()
            let published = try Published(entries, in: try NativeRepository(in: folder), limits: .standard)
            let rows = published.catalogs.mapValues(\.rows)
            let expected = [
                try BytePath("some/layer"): 40_005, try BytePath("some/layer/a"): 40_002,
                try BytePath("some/layer/b"): 40_002,
            ]
            #expect(rows == expected)
            try await published.repository.expectSound()
        }
    }
}
