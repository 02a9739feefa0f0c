import CVMFS
import Plumbing
import TestSupport
import Testing

/// Catalogs that no publisher writes: they are refused by the path, or read for what they are.
@Suite("Comparing hostile catalogs")
struct HostileComparisonTests {
    private static let layer = "/.layers/ab/abcdef/layerfs"

    /// The stock repository, and its root before and after some SQL on the catalog of the layer.
    private func edited(_ sql: String) async throws -> (RepositoryEditor, old: CatalogReference, new: CatalogReference)
    {
        let editor = try await RepositoryEditor()
        let old = try editor.manifest().root
        try await editor.editCatalog(Self.layer, sql)
        let new = try editor.manifest().root
        #expect(old != new)
        return (editor, old, new)
    }

    private func differences(_ sql: String) async throws -> [String] {
        let (editor, old, new) = try await edited(sql)
        return try TreeComparison(
            before: .init(BytePath(), of: CatalogTree(store: editor.store, root: old)),
            after: .init(BytePath(), of: CatalogTree(store: editor.store, root: new))
        ).differences().map { $0.text.replacing(Self.layer.dropFirst(), with: "L") }
    }

    @Test(
        "names that cannot be, and names that are there twice, are refused",
        arguments: [
            "name = ''", "name = '..'", "name = 'a/b'", "name = CAST(x'6100' AS TEXT)", "name = 'bin'",
            // SQLite sorts it behind all texts.
            "name = CAST('bin' AS BLOB)",
        ]
    )
    func names(_ change: String) async throws {
        let error = await #expect(throws: CVMFSError.self) {
            try await differences("UPDATE catalog SET \(change) WHERE name = 'tmp'")
        }
        #expect(error?.code == .corrupt)
        #expect(error?.description.contains("\(Self.layer.dropFirst()) has ") == true)
    }

    @Test(
        "a walk finds names that are there twice, however they are stored",
        arguments: ["'bin'", "CAST('bin' AS BLOB)"]
    )
    func walk(_ name: String) async throws {
        let (editor, _, new) = try await edited("UPDATE catalog SET name = \(name) WHERE name = 'tmp'")
        let tree = try CatalogTree(store: editor.store, root: new)
        let error = #expect(throws: CVMFSError.self) { try tree.walk(BytePath()) { _, _ in } }
        #expect(error?.description.contains("has two entries with the name \"bin\"") == true)
    }

    @Test("a name that is a blob is the same name")
    func blobs() async throws {
        #expect(try await differences("UPDATE catalog SET name = CAST(name AS BLOB) WHERE name = 'bin'") == [])
    }

    @Test("a file whose content is named by nothing is refused")
    func noContent() async throws {
        let error = await #expect(throws: CVMFSError.self) {
            try await differences("UPDATE catalog SET hash = NULL WHERE name = 'passwd'")
        }
        #expect(error?.code == .corrupt)
        #expect(
            try await differences("UPDATE catalog SET mode = 33279 WHERE name = 'passwd'") == ["c L/etc/passwd mode"]
        )
    }

    @Test("rows of no type that there is differ by it")
    func types() async throws {
        #expect(try await differences("UPDATE catalog SET mode = 420 WHERE name = 'passwd'") == ["c L/etc/passwd type"])
    }

    @Test("neither the markers of catalogs nor flags that clients do not see are differences, hidden rows are")
    func markers() async throws {
        #expect(try await differences("DELETE FROM catalog WHERE name = '.cvmfscatalog'") == [])
        #expect(try await differences("UPDATE catalog SET flags = flags | 128 WHERE name = 'passwd'") == [])
        #expect(
            try await differences("UPDATE catalog SET flags = flags | 32768 WHERE name = 'dev'")
                == ["r L/dev", "r L/dev/null"]
        )
    }

    @Test("what a bind mountpoint shows is compared by its root, and is not walked")
    func bound() async throws {
        let bind = "UPDATE catalog SET flags = flags | 16384 WHERE name = 'dev'"
        let zeros = String(repeating: "0", count: 40)
        let register = "INSERT INTO bind_mountpoints VALUES ('\(Self.layer)/dev', '\(zeros)', 5)"
        #expect(try await differences("\(bind); \(register)") == ["c L/dev content", "r L/dev/null"])
    }

    @Test("paths that no system takes are refused")
    func depth() async throws {
        var (rows, path) = (ComparedRows(), "d")
        for _ in 0..<18 {
            try rows.directory(path)
            path += "/" + String(repeating: "n", count: 250)
        }
        let deep = rows
        let error = await #expect(throws: CVMFSError.self) { try await deep.differences() }
        #expect(error?.description.contains("paths of more than 4096 bytes") == true)
    }
}
