import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Clients make inodes of the rowids of a catalog, and take the row 1 of the root catalog for the repository's root
/// (docs/cvmfs-format.md §3.1).
@Suite("The order of a catalog's rows")
struct RowOrderTests {
    /// The rows of the root catalog in their order, each with its rowid.
    private func rows(_ new: NativeRepository) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let root = try new.repository.reader.published().manifest.root
            let file = folder.appending("catalog")
            try file.write(try new.repository.reader.store.loadInflated(root.hash, .catalog))
            let sql = "SELECT rowid || ' ' || name FROM catalog ORDER BY rowid"
            return try await Tool.sqlite(file, sql).split(separator: "\n").map(String.init)
        }
    }

    @Test("stays when rows change: the root comes first")
    func stays() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "one")
            try new.publish(["f": [2]], at: "two") { try $0.writeFile(BytePath("f"), [1]) }
            try new.repository.edit(.test) { try $0.writeFile(BytePath("f"), [2]) }
            try new.publish(["f": [3]], at: "three")
            #expect(try await rows(new) == ["1 ", "2 one", "3 two", "4 f", "5 three"])
            let listing = try new.repository.reader.tree().listing(of: BytePath())
            #expect(listing.map { String(decoding: $0.name, as: UTF8.self) } == ["f", "one", "three", "two"])
            try await new.expectSound()
        }
    }
}
