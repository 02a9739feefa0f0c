import CVMFS
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What is kept of small catalogs says the same as the catalogs themselves.
@Suite struct RevisionContentsTests {
    @Test(
        "chunks, both compressions, links, devices, old schemas, catalogs of other revisions",
        arguments: [["--virtual", "--hash", "shake128"], ["--schema", "2.4"], ["--schema-revision", "3"], []]
    )
    func equalsTheTree(_ options: [String]) async throws {
        try await withTemporaryFolder { folder in
            let hand = try await HandMadeRepository(in: folder.appending("hand"), options)
            try expectEqual(in: hand.open().reader)
        }
    }

    @Test("a catalog of many rows is asked for each of them, the small ones around it are not")
    func largeCatalog() async throws {
        try await withHandMadeRepository { hand in
            let repository = try hand.open()
            try repository.edit(.test) { transaction in
                try transaction.makeDirectory(BytePath("large"), nested: true)
                for number in 0..<5000 { try transaction.makeDirectory(BytePath("large/\(number)")) }
                try transaction.makeDirectory(BytePath("large/7/small"), nested: true)
                try transaction.writeFile(BytePath("large/7/small/file"), Array("text".utf8))
            }
            try expectEqual(in: repository.reader)
        }
    }

    private func expectEqual(in reader: RepositoryReader, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let root = try reader.published().manifest.root
        let tree = try CatalogTree(store: reader.store, root: root)
        var paths: [BytePath] = []
        try tree.walk(BytePath()) { path, _ in
            paths += [path, path.appending(Array("missing".utf8)), path.appending(Array("a".utf8)).appending(path)]
        }
        #expect(paths.count > 20, sourceLocation: sourceLocation)
        // Twice: what is kept from the first time answers the second.
        let contents = try RevisionContents(store: reader.store, root: root)
        for path in paths + paths.reversed() {
            let expected = try tree.contents(of: [path])
            #expect(try contents.contents(of: [path]) == expected, "\(path)", sourceLocation: sourceLocation)
        }
    }
}
