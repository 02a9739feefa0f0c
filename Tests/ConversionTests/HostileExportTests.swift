import CVMFS
import Conversion
import Foundation
import Layers
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Whatever a repository says, nothing is written outside the directory of an export.
@Suite("Exports of hostile repositories")
struct HostileExportTests {
    /// A folder with a directory `outside` that an export must not reach.
    private func withFolder(_ body: (FilePath, _ outside: FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let outside = folder.appending("outside")
            try FileManager.default.createDirectory(
                atPath: outside.appending("b").string,
                withIntermediateDirectories: true
            )
            try await body(folder, outside)
            // Its one directory, which is empty.
            #expect(try FileManager.default.subpathsOfDirectory(atPath: outside.string) == ["b"])
        }
    }

    /// The published tree of `a/f`, `a/l` and `d/g`, with the root catalog changed behind the publisher's back.
    private func tree(in folder: FilePath, _ sql: String) async throws -> CatalogTree {
        let storage = folder.appending("storage")
        let repository = try RepositoryCreation(
            fqrn: "hostile.example.org",
            storage: storage,
            keys: folder.appending("keys")
        ).run(now: Date(), logger: Logger(label: "test"))
        try repository.edit(.test) { transaction in
            for name in ["a", "d"] { try transaction.makeDirectory(BytePath(name)) }
            for name in ["a/f", "a/l", "d/g"] { try transaction.writeFile(BytePath(name), Array(name.utf8)) }
        }
        let root = try repository.reader.published().manifest.root
        let file = folder.appending("catalog")
        let catalog = try repository.reader.store.loadInflated(root.hash, .catalog)
        try Data(catalog).write(to: URL(filePath: file.string))
        _ = try await ExternalTool.run("sqlite3", [file.string, sql])
        let bytes = Array(try Data(contentsOf: URL(filePath: file.string)))
        let stored = try bytes.withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
        let hash = try ContentHash(.sha1, of: stored)
        let object = storage.appending(hash.objectPath(.catalog)).string
        try Data(stored).write(to: URL(filePath: object))
        return try CatalogTree(
            store: repository.reader.store,
            root: CatalogReference(hash: hash, size: Int64(bytes.count))
        )
    }

    private func export(_ tree: CatalogTree, to folder: FilePath) throws {
        let target = try DirectoryTarget(folder.appending("out"), permissions: DirectoryTarget.Permissions())
        _ = try SubtreeExport(BytePath(), of: tree).run(into: target)
    }

    private static let link = "mode = 41471, flags = 12, hash = NULL, symlink = '../outside/b'"

    @Test(
        "names that lead elsewhere are refused, also in an archive",
        arguments: [
            "name = '..'", "name = '.'", "name = ''", "name = '../outside/b/x'", "name = '/tmp/x'",
            "name = CAST(x'610062' AS TEXT)",
            // A link, and behind it a directory of the same name with a file in it.
            "name = 'd', \(link), parent_1 = (SELECT parent_1 FROM catalog WHERE name = 'd'), "
                + "parent_2 = (SELECT parent_2 FROM catalog WHERE name = 'd')",
            "uid = -1", "size = 2", "size = 70000", "mode = 0", "\(link), symlink = ''", "xattr = x'0102'",
        ]
    )
    func names(_ change: String) async throws {
        try await withFolder { folder, _ in
            let tree = try await tree(in: folder, "UPDATE catalog SET \(change) WHERE name = 'f'")
            let error = #expect(throws: ConversionError.self) { try export(tree, to: folder) }
            #expect(error?.description.contains("out and run the command again") == true)
            var archive: [UInt8] = []
            #expect(throws: CVMFSError.self) {
                try SubtreeExport(BytePath(), of: tree).run(into: TarTarget { archive.append(contentsOf: $0) })
            }
            #expect(!archive.suffix(1024).allSatisfy { $0 == 0 } || archive.isEmpty)
        }
    }

    @Test(
        "pieces that leave a gap, overlap, or are not the whole file are refused",
        arguments: [
            (4, 6, "do not follow"), (2, 6, "do not follow"), (3, 7, "and its content 6"), (3, 5, "and its content 6"),
        ]
    )
    func pieces(_ second: Int, _ size: Int, _ message: String) async throws {
        try await withFolder { folder, _ in
            let pieces = [0, second].map {
                "INSERT INTO chunks SELECT md5path_1, md5path_2, \($0), 3, hash FROM catalog WHERE name = 'f';"
            }
            let sql = pieces.joined() + "UPDATE catalog SET flags = flags | 64, size = \(size) WHERE name = 'f'"
            let tree = try await tree(in: folder, sql)
            let error = #expect(throws: ConversionError.self) { try export(tree, to: folder) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test("what lies below a link is not there")
    func entriesBelowALink() async throws {
        try await withFolder { folder, _ in
            let tree = try await tree(in: folder, "UPDATE catalog SET \(Self.link) WHERE name = 'a'")
            try export(tree, to: folder)
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.appending("out").string)
            #expect(Set(files) == ["a", "d", "d/g"])
        }
    }

    @Test("hard links of each other that differ are refused")
    func differingHardLinks() async throws {
        try await withFolder { folder, _ in
            let sql = "UPDATE catalog SET hardlinks = (1 << 32) + 2 WHERE name IN ('f', 'l')"
            let tree = try await tree(in: folder, sql)
            let error = #expect(throws: ConversionError.self) { try export(tree, to: folder) }
            #expect(error?.description.contains("and they differ") == true)
        }
    }

    @Test("a directory that somebody replaces by a link is not entered")
    func replacedDirectory() async throws {
        try await withFolder { folder, outside in
            let out = folder.appending("out")
            let target = try DirectoryTarget(out, permissions: DirectoryTarget.Permissions())
            for name in ["a", "a/b"] {
                try target.add(LayerEntry(path: BytePath(name), kind: .directory, FileAttributes(mode: 0o777)))
            }
            try FileManager.default.moveItem(atPath: out.appending("a").string, toPath: out.appending("old").string)
            try FileManager.default.createSymbolicLink(
                atPath: out.appending("a").string,
                withDestinationPath: outside.string
            )
            #expect(throws: ConversionError.self) {
                try target.add(LayerEntry(path: BytePath("a/b/f"), kind: .file(size: 0)))
            }
            // Nor does what stands at its path get its mode.
            #expect(throws: ConversionError.self) { try target.finish() }
            let attributes = try FileManager.default.attributesOfItem(atPath: outside.appending("b").string)
            #expect(attributes[.posixPermissions] as? Int != 0o777)
        }
    }

    @Test("a file that is there already is not written to, not even through a link")
    func occupiedName() async throws {
        try await withFolder { folder, outside in
            let out = folder.appending("out")
            let target = try DirectoryTarget(out, permissions: DirectoryTarget.Permissions())
            for name in ["x", "y"] {
                try FileManager.default.createSymbolicLink(
                    atPath: out.appending(name).string,
                    withDestinationPath: outside.appending(name).string
                )
            }
            #expect(throws: ConversionError.self) {
                try target.add(LayerEntry(path: BytePath("x"), kind: .file(size: 0)))
            }
            #expect(throws: ConversionError.self) { try target.add(LayerEntry(path: BytePath("y"), kind: .directory)) }
        }
    }
}
