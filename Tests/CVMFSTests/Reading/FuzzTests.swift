import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Damaged files are errors or harmless: nothing here may end the program or hang it. `script/fuzz` runs it for longer.
@Suite("Damaged repository files")
struct FuzzTests {
    @Test("manifests")
    func manifests() async throws {
        let bytes = try await StockContents.load().files[RepositoryManifest.fileName] ?? []
        var refused = 0
        var rounds = 0
        try Fuzzing.run("CVMFS.manifests", rounds: 3_000) { random in
            let isGood = try Fuzzing.allowing(CVMFSError.self) {
                _ = try RepositoryManifest.parse(random.mutate(bytes))
            }
            rounds += 1
            refused += isGood ? 0 : 1
        }
        // The body's hash finds nearly everything; damage to the signature is found later.
        #expect(refused >= rounds / 4)
    }

    @Test("whitelists")
    func whitelists() async throws {
        let stock = try await StockContents.load()
        let bytes = stock.files[Whitelist.fileName] ?? []
        let keys = [try stock.masterKey.publicKey]
        try Fuzzing.run("CVMFS.whitelists", rounds: 3_000) { random in
            let damaged = random.mutate(bytes)
            let isGood = try Fuzzing.allowing(CVMFSError.self) { try Whitelist(damaged).verify(masterKeys: keys) }
            if isGood, damaged != bytes { throw Fuzzing.Unexpected("a damaged whitelist is verified") }
        }
    }

    /// The stock repository's store with its published manifest.
    private func stock() async throws -> (store: MemoryObjectStore, manifest: RepositoryManifest) {
        let store = MemoryObjectStore(try await StockContents.load().files)
        let bytes = try store.readTopLevel(RepositoryManifest.fileName) ?? []
        return (store, try RepositoryManifest.parse(bytes).manifest)
    }

    @Test("catalogs")
    func catalogs() async throws {
        let (store, manifest) = try await stock()
        let bytes = try store.loadInflated(manifest.root.hash, .catalog)
        try Fuzzing.run("CVMFS.catalogs", rounds: 300) { random in
            let damaged = random.mutate(bytes)
            try Fuzzing.allowing(CVMFSError.self) { try read(try Catalog(bytes: damaged)) }
            try walk(damaged, in: store, beside: manifest.root)
        }
    }

    private func read(_ catalog: Catalog) throws {
        _ = try catalog.counters()
        _ = try catalog.nestedCatalogs()
        for entry in try catalog.entries(of: BytePath()) where BytePath.isName(entry.name) {
            let path = BytePath().appending(entry.name)
            _ = try catalog.entries(of: path)
            _ = entry.xattrs.map(ExtendedAttributes.init(blob:))
            if entry.type == .regular { _ = try catalog.content(of: path, entry: entry) }
        }
    }

    /// Reads everything below a root catalog, as an export does, and compares it with another one in both directions.
    private func walk(_ root: [UInt8], in store: MemoryObjectStore, beside sound: CatalogReference) throws {
        let stored = try root.withUnsafeBytes { try ZlibCompressor(.fast).compress($0) }
        let hash = try ContentHash(.sha1, of: stored)
        store[hash.objectPath(.catalog)] = stored
        defer { store[hash.objectPath(.catalog)] = nil }
        let reference = CatalogReference(hash: hash, size: Int64(root.count))
        for (old, new) in [(sound, reference), (reference, sound)] {
            try Fuzzing.allowing(CVMFSError.self) {
                let trees = try [old, new].map { try CatalogTree(store: store, root: $0) }
                var totals = DifferenceTotals()
                try TreeComparison(before: .init(BytePath(), of: trees[0]), after: .init(BytePath(), of: trees[1]))
                    .run { totals.add($0) }
            }
        }
        try Fuzzing.allowing(CVMFSError.self) {
            let tree = try CatalogTree(store: store, root: reference)
            try tree.walk(BytePath()) { path, entry, catalog in
                guard entry.type == .regular else { return }
                try Fuzzing.allowing(CVMFSError.self) {
                    try store.readContent(try catalog.content(of: path, entry: entry)) { _ in }
                }
            }
        }
    }

    @Test("tag databases")
    func tagDatabases() async throws {
        let (store, manifest) = try await stock()
        let bytes = try store.loadInflated(try #require(manifest.history), .history)
        try Fuzzing.run("CVMFS.tagDatabases", rounds: 300) { random in
            try Fuzzing.allowing(CVMFSError.self) { _ = try History(bytes: random.mutate(bytes)).tags() }
        }
    }

    @Test("reference logs")
    func referenceLogs() async throws {
        let (store, _) = try await stock()
        let bytes = store[Reflog.fileName] ?? []
        try Fuzzing.run("CVMFS.referenceLogs", rounds: 300) { random in
            try Fuzzing.allowing(CVMFSError.self) { _ = try Reflog(bytes: random.mutate(bytes)).references() }
        }
    }
}
