import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A commit brings every catalog that it changes to the newest schema revision, and no other.
@Suite struct CatalogUpgradeTests {
    private static let forms: [[String]] =
        [["--schema", "2.4"]] + (0...6).map { ["--schema-revision", String($0)] }

    @Test("from each revision, one catalog after the other", arguments: forms)
    func upgrades(_ options: [String]) async throws {
        try await withTemporaryFolder { folder in
            let hand = try await HandMadeRepository(in: folder.appending("hand"), options)
            let repository = try hand.open()
            let old = options[0] == "--schema" ? nil : options[1]
            var changed = Set([""])
            // The catalogs above a changed one change too.
            for (path, catalogs) in [("new", [""]), ("sub/deep/new", ["sub", "sub/deep"]), ("other/new", ["other"])] {
                try hand.write(path, in: repository)
                changed.formUnion(catalogs)
                for place in ["", "sub", "sub/deep", "other"] {
                    let properties = try hand.catalog(at: place, of: repository).properties()
                    let isOld = !changed.contains(place)
                    #expect(properties["schema_revision"] ?? "0" == (isOld ? old ?? "0" : "7"), "/\(place)")
                    #expect(properties["schema"] == (isOld && old == nil ? "2.4" : "2.5"))
                    #expect(properties["custom"] == "kept")
                }
                if Thoroughness.isWanted || path == "other/new" { try await hand.expectSound() }
            }
            #expect(try repository.reader.tree().readFile(BytePath("other/inner")) == Array("inner /other".utf8))
            #expect(try hand.catalog(at: "", of: repository).properties()["TTL"] == "240")
        }
    }

    @Test(
        "the tables are those of a fresh catalog, in the order of their columns",
        arguments: [["--schema", "2.4"], ["--schema-revision", "1"], ["--schema-revision", "6"]]
    )
    func tables(_ options: [String]) async throws {
        try await withTemporaryFolder { folder in
            let hand = try await HandMadeRepository(in: folder.appending("hand"), options)
            let native = try NativeRepository(in: folder)
            let repository = try hand.open()
            try hand.write("new", in: repository)
            var shapes: [String] = []
            for (name, repository) in [("old", repository), ("fresh", native.repository)] {
                let file = folder.appending(name)
                let root = try repository.reader.published().manifest.root
                try file.write(repository.reader.store.loadInflated(root.hash, .catalog))
                shapes.append(
                    try await Tool.sqlite(
                        file,
                        """
                        SELECT m.name, p.cid, p.name, p.type, p.pk FROM sqlite_schema m, pragma_table_info(m.name) p
                            WHERE m.type = 'table' ORDER BY 1, 2;
                        SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY 1;
                        PRAGMA foreign_key_check; PRAGMA integrity_check; PRAGMA page_size;
                        SELECT DISTINCT "table" FROM pragma_foreign_key_list('chunks');
                        SELECT max(rowid) = count(*) FROM catalog;
                        """
                    )
                )
            }
            #expect(shapes[0] == shapes[1])
        }
    }

    @Test("a subtree of old catalogs can be replaced and removed")
    func replaces() async throws {
        try await withHandMadeRepository("--schema-revision", "4") { hand in
            let repository = try hand.open()
            // The root is new from here on, and the catalogs below it are old.
            try hand.write("new", in: repository)
            let preparation = try repository.prepare(.test)
            let root = SubtreeEntry(path: BytePath(), row: .directory([], modified: 1))
            let catalog = try preparation.catalog(of: [root], at: BytePath("other"))
            _ = try repository.commit(preparation, .test) { try $0.attach(catalog) }
            try preparation.end()
            try await hand.expectSound()
            try repository.edit(.test) { try $0.remove(BytePath("sub")) }
            try await hand.expectSound()
        }
    }

    @Test func rollsBackToAnOldRevision() async throws {
        try await withHandMadeRepository("--schema-revision", "0", "--revisions", "3") { hand in
            let repository = try hand.open()
            _ = try repository.tags.rollback(to: "first", .test)
            #expect(try hand.catalog(at: "", of: repository).properties()["schema_revision"] == "7")
            #expect(try repository.reader.tree().readFile(BytePath("hello")) == Array("hello 1\n".utf8))
            try await hand.expectSound()
        }
    }

    @Test func readsButDoesNotWriteANewerRevision() async throws {
        try await withHandMadeRepository("--schema-revision", "8") { hand in
            let repository = try hand.open()
            #expect(try repository.reader.tree().readFile(BytePath("hello")) == Array("hello 2\n".utf8))
            let error = #expect(throws: CVMFSError.self) { try hand.write("new", in: repository) }
            #expect(error?.description.contains("schema revision 8, which this version of Wafer only reads") == true)
        }
    }
}
