import CVMFS
import Plumbing
import SystemPackage
import Testing

@Suite struct HistoryTests {
    private func reference(_ number: UInt8) throws -> CatalogReference {
        CatalogReference(hash: try ContentHash(.sha1, of: [number]), size: 1024 * Int64(number))
    }

    private func stockHistory(_ stock: StockRepository) throws -> History {
        try History(bytes: stock.store().loadInflated(#require(stock.manifest().manifest.history), .history))
    }

    @Test func stockTagsAreRead() async throws {
        try await withStockRepository { stock in
            let history = try stockHistory(stock)
            #expect(history.fqrn == StockRepository.fqrn)
            #expect(
                try history.tags().map(\.name) == [
                    "generic-2026-11-23T20:03:23Z", "generic-2026-11-23T20:03:56Z", "trunk-previous",
                    "generic-2026-11-23T20:03:57Z", "trunk",
                ]
            )
            let trunk = try #require(try history.tag("trunk"))
            #expect(trunk.root == (try stock.manifest().manifest.root))
            #expect(trunk.revision == 3)
            #expect(trunk.timestamp == 1_795_464_237)
            #expect(trunk.description == "current HEAD")
            #expect(try history.branches() == ["": 0])
            #expect(try history.previousRevision()?.description == "a882361598cbe8a8ddd0da7e8a586f7bc0e9c79a")
            #expect(try history.tag("nothing") == nil)
        }
    }

    @Test func trunkMovesAsStockMovesIt() async throws {
        try await withStockRepository { stock in
            let history = try stockHistory(stock)
            let old = try #require(try history.tag("trunk"))
            try history.moveTrunk(to: reference(9), revision: 4, timestamp: 1_795_500_000)
            let again = try History(bytes: history.serialize())
            #expect(try again.tags().count == 5)
            let previous = try #require(try again.tag("trunk-previous"))
            #expect(previous.root == old.root)
            #expect(previous.revision == 3)
            #expect(previous.timestamp == old.timestamp)
            #expect(previous.description == "default undo target")
            let trunk = try #require(try again.tag("trunk"))
            #expect(trunk.root == (try reference(9)))
            #expect(trunk.revision == 4)
            #expect(trunk.timestamp == 1_795_500_000)
            #expect(trunk.description == "current HEAD")
        }
    }

    @Test func newDatabaseHasTheStockSchema() async throws {
        try await withStockRepository { stock in
            let file = stock.root.appending("history")
            let history = try History(fqrn: StockRepository.fqrn)
            try history.moveTrunk(to: reference(1), revision: 0, timestamp: 5)
            try file.write(history.serialize())
            let own = try await Tool.sqlite(file, "SELECT * FROM tags")
            #expect(own == "trunk|\(try reference(1).hash)|0|5|0|current HEAD|1024|\n")
            let zeros = String(repeating: "0", count: 40)
            let properties = try await Tool.sqlite(file, "SELECT value FROM properties ORDER BY key")
            #expect(properties == "golden.example.org\n\(zeros)\n1.0\n3\n")
            // Columns in the order of stock: its tools copy whole rows.
            let stockFile = stock.root.appending("stock-history")
            try stockFile.write(stockHistory(stock).serialize())
            for table in ["properties", "branches", "tags", "recycle_bin"] {
                let columns = "SELECT cid, name, type, pk FROM pragma_table_info('\(table)')"
                #expect(try await Tool.sqlite(file, columns) == Tool.sqlite(stockFile, columns))
            }
            #expect(try await Tool.sqlite(file, "SELECT * FROM branches") == "||0\n")
        }
    }

    @Test func tagsAreWrittenReplacedAndRemoved() throws {
        let history = try History(fqrn: "test.example.org")
        var tag = History.Tag(name: "release/1.0:a_b-c", root: try reference(1), revision: 1, timestamp: 1)
        tag.description = "it's \"quoted\"\nand é"
        try history.put(tag)
        #expect(try history.tag(tag.name) == tag)
        tag.revision = 2
        try history.put(tag)
        #expect(try history.tags() == [tag])
        try history.remove(tag.name)
        try history.remove(tag.name)
        #expect(try history.tags().isEmpty)
    }

    @Test(arguments: ["", "a b", "é", "a\n", "a'", "a#"])
    func namesThatStockRefusesAreRefused(name: String) throws {
        let history = try History(fqrn: "test.example.org")
        let tag = History.Tag(name: name, root: try reference(1), revision: 1, timestamp: 1)
        #expect(throws: CVMFSError.self) { try history.put(tag) }
    }

    @Test func previousDatabaseIsNamed() throws {
        let history = try History(fqrn: "test.example.org")
        #expect(try history.previousRevision() == nil)
        let hash = try ContentHash(.ripemd160, of: [1])
        try history.setPreviousRevision(hash)
        #expect(try History(bytes: history.serialize()).previousRevision() == hash)
        try history.setPreviousRevision(nil)
        #expect(try history.previousRevision() == nil)
    }

    @Test func otherDatabasesAreRefused() throws {
        #expect(
            message { try History(bytes: Reflog(fqrn: "a").serialize()) }.contains("not of schema 1.0 revision 3")
        )
        #expect(message { try History(bytes: []) }.contains("no SQLite file"))
    }
}
