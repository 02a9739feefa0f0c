import CVMFS
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Bringing a repository into another form")
struct RewritingTests {
    /// Publishes two names of one file, and a file beside them, in a catalog of its own.
    private func publishLinks(_ new: NativeRepository, at path: String) throws {
        let preparation = try new.repository.prepare(.test)
        var entries = try new.entries(["a": [1], "b": [1], "c": [2]], preparation)
        for index in 1...2 {
            let entry = entries[index]
            var row = entry.row
            (row.linkCount, row.linkGroup) = (2, 7)
            entries[index] = SubtreeEntry(path: entry.path, row: row, chunks: entry.chunks)
        }
        let catalog = try preparation.catalog(of: entries, at: BytePath(path))
        _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    private func rewrite(
        _ new: NativeRepository,
        _ hardLinks: HardLinkForm? = nil,
        _ markers: MarkerForm? = nil
    ) throws -> (rows: RewrittenRows?, outcome: CommitOutcome) {
        var rows: RewrittenRows?
        let outcome = try new.repository.edit(.test) { transaction in
            rows = try transaction.rewrite(hardLinks: hardLinks, markers: markers)
        }
        return (rows, outcome)
    }

    private func links(_ new: NativeRepository, _ path: String) throws -> [String] {
        try new.repository.reader.tree().entries(of: BytePath(path)).map {
            "\(String(decoding: $0.name, as: UTF8.self)) \($0.linkCount) \($0.linkGroup)"
        }
    }

    @Test("splits the hard links of all catalogs in one revision, and nothing the next time")
    func split() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try publishLinks(new, at: "one/layer")
            try publishLinks(new, at: "two/layer")
            try new.publish(["f": [3]], at: "three")
            let before = try new.repository.reader.tree()
            #expect(try PublishedForms(of: before).linkedNames == 4)
            let untouched = try before.entry(at: BytePath("three"))
            #expect(try rewrite(new, .keep).rows?.isEmpty == true)

            let (rows, outcome) = try rewrite(new, .split)
            #expect(outcome == .published(revision: 5))
            let expected = [try BytePath("one/layer"): 2, try BytePath("two/layer"): 2]
            #expect(rows?.splitNames == expected)
            for path in ["one/layer", "two/layer"] {
                #expect(try links(new, path) == [".cvmfscatalog 1 0", "a 1 0", "b 1 0", "c 1 0"])
                #expect(try new.repository.reader.tree().readFile(BytePath("\(path)/b")) == [1])
            }
            #expect(try new.repository.reader.tree().entry(at: BytePath("three")) == untouched)
            #expect(try PublishedForms(of: new.repository.reader.tree()).linkedNames == 0)
            try await new.expectSound()

            #expect(try rewrite(new, .split).outcome == .unchanged(revision: 5))
        }
    }

    @Test("hides markers and shows them again, and what is made later has the form that the settings name")
    func markers() async throws {
        try await withTemporaryFolder { folder in
            var new = try NativeRepository(in: folder)
            let made: (Transaction) throws -> Void = { try $0.makeDirectory(BytePath("n/m"), nested: true) }
            try new.publish(["f": [1]], at: "a/layer", edit: made)
            #expect(try rewrite(new, nil, .hidden).rows?.markers == 2)
            try await new.expectSound()
            var repository = new.repository
            repository.settings.markers = .hidden
            new = NativeRepository(folder: folder, repository: repository)
            try new.publish(["f": [2]], at: "b/layer") { try $0.makeDirectory(BytePath("n/o"), nested: true) }
            let tree = try new.repository.reader.tree()
            for path in ["a/layer", "n/m", "b/layer", "n/o"] {
                let row = try tree.entry(at: BytePath("\(path)/.cvmfscatalog"))
                #expect(row?.flags.isSuperset(of: [.file, .hidden]) == true && row?.type == .regular, "\(path)")
            }
            #expect(try PublishedForms(of: tree).hiddenMarkers == 4)
            try await new.expectSound()
            // Nothing of a directory stays behind.
            try new.repository.edit(.test) { try $0.remove(BytePath("b")) }
            try new.repository.edit(.test) { try $0.remove(BytePath("n/o")) }
            try await new.expectSound()
            #expect(try rewrite(new, .split, .visible).rows?.markers == 2)
            #expect(try PublishedForms(of: new.repository.reader.tree()).hiddenMarkers == 0)
            try await new.expectSound()
        }
    }

    @Test("comes before every other edit of its revision")
    func first() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let error = #expect(throws: CVMFSError.self) {
                try new.repository.edit(.test) { transaction in
                    try transaction.writeFile(BytePath("f"), [1])
                    _ = try transaction.rewrite(hardLinks: .split, markers: nil)
                }
            }
            #expect(error?.code == .refused)
        }
    }

    @Test("is not needed beside cvmfs_server, where hard links are split from the start")
    func managed() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            #expect(managed.repository.settings.hardLinks == .split)
            #expect(PublishingSettings().hardLinks == .keep && PublishingSettings().markers == .visible)
        }
    }
}
