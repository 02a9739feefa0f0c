import CVMFS
import Plumbing
import TestSupport
import Testing

/// The reference log and the tag database.
@Suite struct RepositoryCheckDatabaseTests {
    @Test func reflogIsMissing() async throws {
        let editor = try await RepositoryEditor()
        editor.store[".cvmfsreflog"] = nil
        #expect(try editor.faults() == [".cvmfsreflog: is missing, and the manifest announces it (reflog)"])
    }

    @Test func reflogIsNotAnnounced() async throws {
        let editor = try await RepositoryEditor()
        var manifest = try editor.manifest()
        manifest.reflog = nil
        try editor.publish(manifest)
        #expect(try editor.faults() == [".cvmfsreflog: is there, and the manifest does not announce it (reflog)"])
        editor.store[".cvmfsreflog"] = nil
        #expect(try editor.faults() == [])
    }

    @Test func reflogIsAhead() async throws {
        let editor = try await RepositoryEditor()
        let log = try Reflog(bytes: #require(editor.store[".cvmfsreflog"]))
        try log.insert(ContentHash(.sha1, of: []), .catalog, timestamp: 1)
        let bytes = try log.serialize()
        editor.store[".cvmfsreflog"] = bytes
        let hash = try ContentHash(.sha1, of: bytes)
        #expect(
            try editor.faults() == [
                ".cvmfsreflog: has the hash \(hash), and the manifest announces "
                    + "b59efcf0a1d117176510fcb245495c997f585c76 (reflog)"
            ]
        )
        #expect(try editor.faults(reflogMayBeAhead: true) == [])
    }

    @Test func reflogLacksWhatIsPublished() async throws {
        let editor = try await RepositoryEditor()
        try await editor.editReflog("DELETE FROM refs; UPDATE properties SET value = 'x' WHERE key = 'fqrn'")
        let manifest = try editor.manifest()
        #expect(
            try editor.faults()
                == [
                    "does not list the published certificate \(#require(manifest.certificate))",
                    "does not list the published meta info \(#require(manifest.metainfo))",
                    "does not list the published root catalog \(manifest.root.hash)",
                    "does not list the published tag database \(#require(manifest.history))",
                    "is of the repository \"x\", not of golden.example.org",
                ].map { ".cvmfsreflog: \($0) (reflog)" }
        )
    }

    @Test(
        arguments: [
            ("DROP TABLE refs", "cannot prepare a statement: no such table: refs"),
            ("UPDATE properties SET value = '2.0' WHERE key = 'schema'", "not a reference log of schema 1.0"),
            ("UPDATE refs SET type = 9 WHERE type = 3", "with the type 9"),
            ("UPDATE refs SET hash = 'x' WHERE timestamp = 1795464201", "lists x with the type 0"),
            ("PRAGMA journal_mode = WAL", "the reference log is no SQLite file in rollback-journal format"),
        ]
    )
    func damagedReflog(sql: String, text: String) async throws {
        let editor = try await RepositoryEditor()
        try await editor.editReflog(sql)
        let faults = try editor.faults()
        #expect(faults.count == 1)
        #expect(faults.first?.contains(text) == true, "\(faults)")
    }

    @Test(
        arguments: [
            ("DELETE FROM tags", "the branch \"\" has no tag"),
            ("INSERT INTO branches VALUES ('side', '', 2)", "the branch \"side\" has no tag"),
            (
                "UPDATE tags SET branch = 'no' WHERE name = 'trunk'",
                "the tag trunk is of a branch \"no\" that is not there"
            ),
            (
                "UPDATE branches SET initial_revision = 3; DELETE FROM tags WHERE name LIKE 'g%'",
                "the tag trunk-previous has revision 2, its branch starts at 3"
            ),
            (
                "UPDATE tags SET hash = '8942bcd348a7199aae66c308518dc3b8c44a8ad0' WHERE name = 'trunk'",
                "the tag trunk names the catalog 8942bcd348a7199aae66c308518dc3b8c44a8ad0, which is missing"
            ),
            ("UPDATE tags SET hash = 'x' WHERE name = 'trunk'", "the tag trunk has no valid hash"),
            (
                "UPDATE properties SET value = 'x' WHERE key = 'fqrn'",
                "is of the repository \"x\", not of golden.example.org"
            ),
            ("DROP TABLE branches", "cannot prepare a statement: no such table: branches"),
        ]
    )
    func tagDatabase(sql: String, text: String) async throws {
        let editor = try await RepositoryEditor()
        try await editor.editHistory(sql)
        let path = try #require(editor.manifest().history).objectPath(.history)
        #expect(try editor.faults() == ["\(path): \(text) (tags)"])
    }

    @Test func tagDatabaseIsMissing() async throws {
        let editor = try await RepositoryEditor()
        let hash = try #require(editor.manifest().history)
        editor.store[hash.objectPath(.history)] = nil
        #expect(try editor.faults() == ["\(hash.objectPath(.history)): object \(hash)H is missing in memory (tags)"])
        try editor.editManifest { $0.history = nil }
        #expect(try editor.faults() == [])
    }
}
