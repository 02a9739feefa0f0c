import CVMFS
import Foundation
import Plumbing
import SystemPackage
import Testing

/// What the stock tools wrote reads back as the stock client shows it.
@Suite struct StockRepositoryTests {
    private func listing() throws -> [ListedEntry] {
        let file = try #require(
            Bundle.module.url(forResource: "Fixtures/stock-repository.listing", withExtension: "json")
        )
        return try JSONDecoder().decode([ListedEntry].self, from: Data(contentsOf: file))
    }

    private func path(_ bytes: [UInt8]) throws -> BytePath {
        try #require(BytePath(components: bytes.split(separator: UInt8(ascii: "/"))))
    }

    @Test func everyListedEntryReadsBackEqual() async throws {
        try await withStockRepository { stock in
            let store = try stock.store()
            let tree = try CatalogTree(store: store, root: stock.manifest().manifest.root)
            let listing = try listing()
            #expect(listing.count == 86)
            for listed in listing {
                let entry = try #require(try tree.entry(at: path(listed.pathBytes)), "\(listed.path)")
                #expect(Int64(entry.mode) == Int64(listed.mode.dropFirst(2), radix: 8), "\(listed.path)")
                #expect(entry.uid == listed.uid, "\(listed.path)")
                #expect(entry.gid == listed.gid, "\(listed.path)")
                #expect(entry.modified == listed.mtime, "\(listed.path)")
                #expect(entry.linkCount == listed.nlink, "\(listed.path)")
                #expect(entry.symlink == ListedEntry.decode(listed.target ?? ""), "\(listed.path)")
                try compareContent(entry, listed, tree, store)
                try compareXattrs(entry, listed)
            }
        }
    }

    private func compareContent(
        _ entry: CatalogEntry,
        _ listed: ListedEntry,
        _ tree: CatalogTree,
        _ store: LocalObjectStore
    ) throws {
        if entry.type == .characterDevice || entry.type == .blockDevice {
            let device = DeviceNumber(encoded: entry.size)
            #expect("\(device.major):\(device.minor)" == listed.device, "\(listed.path)")
        }
        guard entry.type == .regular else { return }
        #expect(entry.size == listed.size, "\(listed.path)")
        let digest = try MessageDigest(.sha256)
        try store.readContent(tree.content(of: path(listed.pathBytes))) { digest.update($0) }
        #expect(Hex.encode(digest.finish()) == listed.sha256, "\(listed.path)")
    }

    private func compareXattrs(_ entry: CatalogEntry, _ listed: ListedEntry) throws {
        var xattrs: [String: String] = [:]
        if let blob = entry.xattrs {
            for attribute in try #require(ExtendedAttributes(blob: blob)).attributes {
                xattrs[String(decoding: attribute.name, as: UTF8.self)] = String(
                    decoding: attribute.value,
                    as: UTF8.self
                )
            }
        }
        #expect(xattrs == listed.xattrs ?? [:], "\(listed.path)")
    }

    @Test func nothingElseIsThere() async throws {
        try await withStockRepository { stock in
            let tree = try CatalogTree(store: stock.store(), root: stock.manifest().manifest.root)
            var found: Set<BytePath> = []
            try tree.walk(BytePath()) { path, _ in found.insert(path) }
            #expect(try found == Set(listing().map { try path($0.pathBytes) }))
        }
    }

    @Test func passesTheCheck() async throws {
        try await withStockRepository { stock in
            let report = try stock.check(.content)
            #expect(report.faults == [])
            #expect(report.catalogs == 5)
            // 86 paths, and the four mountpoints have a row in the child too.
            #expect(report.entries == 90)
            #expect(report.objects > 60)
        }
    }
}
