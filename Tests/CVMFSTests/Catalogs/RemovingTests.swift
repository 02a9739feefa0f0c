import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Removing paths")
struct RemovingTests {
    private func edit(_ new: NativeRepository, _ body: (Transaction) throws -> Void) throws {
        _ = try new.repository.edit(.test, body)
    }

    @Test("a file, a directory and nested catalogs below each other go, and the rest stays sound")
    func subtrees() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1], "g": [2]], at: "a/layer") { transaction in
                try transaction.makeDirectory(BytePath("n/one/plain/two"), nested: true)
                try transaction.writeFile(BytePath("n/one/plain/two/f"), [3])
                try transaction.makeDirectory(BytePath("outer"), nested: true)
                try transaction.makeDirectory(BytePath("outer/mid/inner"), nested: true)
                try transaction.writeFile(BytePath("outer/mid/inner/f"), [4])
                try transaction.writeFile(BytePath("outer/mid/g"), [5])
                try transaction.writeFile(BytePath("top"), [6])
            }
            try new.publish(["f": [7]], at: "outer/mid/inner/layer")
            for path in ["top", "a/layer/f", "n/one", "outer/mid/inner", "outer/mid", "outer", "a"] {
                try edit(new) { try $0.remove(BytePath(path)) }
                #expect(try new.repository.reader.tree().entry(at: BytePath(path)) == nil)
                try await new.expectSound()
            }
            #expect(try new.repository.reader.tree().entries(of: BytePath()).map(\.name) == [Array("n".utf8)])
            #expect(try new.repository.reader.published().manifest.revision == 10)
        }
    }

    @Test("a directory with nested catalogs goes at once, also one that the same revision made")
    func atOnce() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/b/c/layer") { try $0.makeDirectory(BytePath("a/b/n/m"), nested: true) }
            try edit(new) { transaction in
                try transaction.makeDirectory(BytePath("a/b/new"), nested: true)
                try transaction.writeFile(BytePath("a/b/new/f"), [1])
                try transaction.writeFile(BytePath("a/b/n/m/f"), [1])
                try transaction.remove(BytePath("a/b/new"))
                try transaction.remove(BytePath("a/b/n"))
            }
            try await new.expectSound()
            #expect(try new.repository.reader.tree().entry(at: BytePath("a/b"))?.linkCount == 3)
            try edit(new) { try $0.remove(BytePath("a")) }
            try await new.expectSound()
            #expect(try new.repository.reader.tree().entries(of: BytePath()).isEmpty)
            // What is gone can come back.
            try new.publish(["f": [1]], at: "a/b/c/layer")
            try await new.expectSound()
        }
    }

    @Test("both rows of a directory with a catalog of its own lose a subdirectory")
    func linkCounts() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(at: "x") { try $0.makeDirectory(BytePath("x/sub")) }
            #expect(try new.repository.reader.tree().entry(at: BytePath("x"))?.linkCount == 3)
            try edit(new) { try $0.remove(BytePath("x/sub")) }
            #expect(try new.repository.reader.tree().entry(at: BytePath("x"))?.linkCount == 2)
            try await new.expectSound()
        }
    }

    @Test("a name fewer lowers the counts of the others, and the last one is a file of its own")
    func hardLinks() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(.test)
            var entries = try new.entries(["one": [1, 2]], preparation)
            var row = entries[1].row
            (row.linkGroup, row.linkCount) = (7, 4)
            entries.removeLast()
            for name in ["four", "one", "three", "two"] {
                row.name = Array(name.utf8)
                entries.append(SubtreeEntry(path: try BytePath(name), row: row))
            }
            let catalog = try preparation.catalog(of: entries, at: BytePath("x"))
            _ = try new.repository.commit(preparation, .test) {
                try $0.attach(catalog)
            }
            try preparation.end()
            try await new.expectSound()
            try edit(new) { try $0.remove(BytePath("x/one")) }
            try await new.expectSound()
            #expect(try new.repository.reader.tree().entry(at: BytePath("x/two"))?.linkCount == 3)
            // A file in the place of one of the names leaves the group as well.
            try edit(new) { try $0.writeFile(BytePath("x/four"), [9]) }
            try await new.expectSound()
            #expect(try new.repository.reader.tree().entry(at: BytePath("x/two"))?.linkCount == 2)
            try edit(new) { try $0.remove(BytePath("x/three")) }
            try await new.expectSound()
            let last = try #require(try new.repository.reader.tree().entry(at: BytePath("x/two")))
            #expect(last.linkCount == 1 && last.linkGroup == 0)
            #expect(try new.repository.reader.tree().readFile(BytePath("x/two")) == [1, 2])
        }
    }

    @Test("a subtree that was split into nested catalogs goes in parts and as a whole")
    func splitSubtree() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(.test)
            var entries = try new.entries(["f": [1]], preparation)
            let file = entries.removeLast()
            for directory in ["a", "b", "b/c"] {
                let path = try BytePath(directory)
                entries.append(SubtreeEntry(path: path, row: .directory(path.name, modified: 1)))
                for number in 10..<40 {
                    var row = file.row
                    row.name = Array("\(number)".utf8)
                    entries.append(SubtreeEntry(path: path.appending(row.name), row: row))
                }
            }
            entries.sort { $0.path < $1.path }
            let limits = CatalogLimits(maximum: 40, minimum: 4)
            let catalog = try preparation.catalog(of: entries, at: BytePath("x"), limits: limits)
            _ = try new.repository.commit(preparation, .test) {
                try $0.attach(catalog)
            }
            try preparation.end()
            try await new.expectSound()
            for path in ["x/b/c", "x/a/10", "x"] {
                try edit(new) { try $0.remove(BytePath(path)) }
                try await new.expectSound()
            }
            #expect(try new.repository.reader.tree().entries(of: BytePath()).isEmpty)
        }
    }

    @Test("a chunked file goes with its chunks")
    func chunks() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let large = (0..<(20 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 12) }
            try new.publish(["large": large, "small": [1]], at: "x")
            try edit(new) { try $0.remove(BytePath("x/large")) }
            try await new.expectSound()
        }
    }

    @Test(
        "the root, what the format needs, and what is not there are refused, and nothing changes",
        arguments: ["", "x/.cvmfscatalog", ".cvmfs", ".cvmfs/snapshots", "none", "x/f/below", "x/none"]
    )
    func refused(path: String) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "x")
            let error = #expect(throws: CVMFSError.self) {
                try edit(new) { transaction in
                    try transaction.remove(BytePath("x/f"))
                    try transaction.remove(BytePath(path))
                }
            }
            #expect(error?.code == (path.contains("cvmfs") || path.isEmpty ? .refused : .notFound))
            #expect(try new.repository.reader.published().manifest.revision == 2)
            #expect(try new.repository.reader.tree().entry(at: BytePath("x/f")) != nil)
            try await new.expectSound()
        }
    }
}
