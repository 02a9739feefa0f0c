import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Damaged files are errors or harmless: nothing here may end the program or hang it.
@Suite("Damaged repository files", .timeLimit(.minutes(2)))
struct FuzzTests {
    private static let rounds = 3_000

    @Test("manifests")
    func manifests() async throws {
        try await withStockRepository { stock in
            let bytes = try stock.storage.appending(RepositoryManifest.fileName).contents()
            var random = SeededRandom(seed: 1)
            var refused = 0
            for _ in 0..<Self.rounds {
                do {
                    _ = try RepositoryManifest.parse(random.mutate(bytes))
                } catch is CVMFSError {
                    refused += 1
                }
            }
            // The body's hash finds nearly everything; damage to the signature is found later.
            #expect(refused > Self.rounds / 4)
        }
    }

    @Test("whitelists")
    func whitelists() async throws {
        try await withStockRepository { stock in
            let bytes = try stock.storage.appending(Whitelist.fileName).contents()
            let keys = [try PublicKey(file: stock.key("pub"))]
            var random = SeededRandom(seed: 2)
            for _ in 0..<Self.rounds {
                let damaged = random.mutate(bytes)
                if damaged == bytes { continue }
                #expect(throws: CVMFSError.self) { try Whitelist(damaged).verify(masterKeys: keys) }
            }
        }
    }

    @Test("catalogs, tag databases and reference logs")
    func databases() async throws {
        try await withStockRepository { stock in
            let store = try stock.store()
            let manifest = try stock.manifest().manifest
            let catalog = try store.loadInflated(manifest.root.hash, .catalog)
            let history = try store.loadInflated(try #require(manifest.history), .history)
            let reflog = try stock.storage.appending(Reflog.fileName).contents()
            var random = SeededRandom(seed: 3)
            for _ in 0..<300 {
                attempt { try read(try Catalog(bytes: random.mutate(catalog))) }
                attempt { _ = try History(bytes: random.mutate(history)).tags() }
                attempt { _ = try Reflog(bytes: random.mutate(reflog)).references() }
            }
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

    /// An error of ours is a good answer; any other is not.
    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch is CVMFSError {
            return
        } catch {
            Issue.record("an error of an unexpected kind: \(error)")
        }
    }
}
