import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Objects and the files of the storage.
@Suite struct RepositoryCheckObjectTests {
    /// The content of `/software/attr`, and of nothing else.
    private let object = "c4180aa5d7830d9aeb12465d60ee0f4c6096fedc"
    private let path = "data/c4/180aa5d7830d9aeb12465d60ee0f4c6096fedc"

    @Test func objectIsMissing() async throws {
        let editor = try await RepositoryEditor()
        editor.store[path] = nil
        #expect(try editor.faults(.structure) == ["/software/attr: object \(object) is missing in memory (object)"])
        #expect(try editor.faults(.content) == ["/software/attr: object \(object) is missing in memory (object)"])
    }

    @Test func objectIsDamaged() async throws {
        let editor = try await RepositoryEditor()
        editor.store[path]?[4] ^= 1
        #expect(try editor.faults(.structure) == [])
        let faults = try editor.faults(.content)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("/software/attr: ") == true)
    }

    @Test func objectHasOtherContent() async throws {
        let editor = try await RepositoryEditor()
        editor.store[path] = try Array("zz".utf8).withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
        #expect(
            try editor.faults(.content) == [
                "/software/attr: the content of object \(object) does not match its name (object)"
            ]
        )
    }

    @Test func objectIsCut() async throws {
        let editor = try await RepositoryEditor()
        editor.store[path]?.removeLast()
        #expect(try editor.faults(.content) == ["/software/attr: object \(object): the zlib stream is cut (object)"])
    }

    @Test(arguments: [
        ("size - 1", "holds more than the 1 bytes announced"), ("size + 1", "holds 2 bytes, announced are 3"),
    ])
    func sizeIsNotThatOfTheContent(size: String, text: String) async throws {
        let editor = try await RepositoryEditor()
        try await editor.editCatalog("/software", "UPDATE catalog SET size = \(size) WHERE name = 'attr'")
        let faults = try editor.faults(.content).filter { !$0.contains("(counters)") }
        #expect(faults == ["/software/attr: object \(object) \(text) (object)"])
    }

    @Test func compressionIsNotThatOfTheContent() async throws {
        let editor = try await RepositoryEditor()
        try await editor.editCatalog("/data", "UPDATE catalog SET flags = flags + 2048 WHERE name = 'big.txt'")
        let faults = try editor.faults(.content)
        #expect(faults.count == 2)
        #expect(faults.allSatisfy { $0.hasPrefix("/data/big.txt: object ") && $0.contains(" bytes, announced are ") })
    }

    /// One object as a plain file and, inflated, as another one: both rows are right.
    @Test func objectOfTwoMeaningsIsSound() async throws {
        let editor = try await RepositoryEditor()
        let stored = try #require(editor.store[path])
        let sql = """
            UPDATE catalog SET hash = X'\(object)', size = \(stored.count), flags = 2052 WHERE name = 'empty';
            UPDATE statistics SET value = value + \(stored.count) WHERE counter = 'self_file_size'
            """
        try await editor.editCatalog("/software", sql)
        let parent = "UPDATE statistics SET value = value + \(stored.count) WHERE counter = 'subtree_file_size'"
        try await editor.editCatalog("", parent)
        #expect(try editor.faults(.content) == [])
    }

    @Test func catalogIsMissingOrDamaged() async throws {
        let editor = try await RepositoryEditor()
        let hash = "cf4cc83d665fa61aca336a1bad5fe9a90f4f23ee"
        let path = "data/cf/4cc83d665fa61aca336a1bad5fe9a90f4f23eeC"
        editor.store[path]?[40] ^= 1
        let faults = try editor.faults(.content)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("/software: object \(hash)C has the content of ") == true)
        editor.store[path] = nil
        #expect(try editor.faults() == ["/software: object \(hash)C is missing in memory (catalog)"])
    }

    @Test func unreferencedFilesAreCheckedToo() async throws {
        let editor = try await RepositoryEditor()
        let sound = try editor.add(Array("not referenced".utf8), .file)
        let damaged = try editor.add(Array("damaged".utf8), .chunk)
        editor.store[damaged.objectPath(.chunk)]?[3] ^= 1
        let names = [
            "data/stray", "data/quarantaine/x", "data/00/short", "data/00/\(object.dropFirst(2).uppercased())",
            "data/00/\(object.dropFirst(2))Q", "data/00/\(object.dropFirst(2))-sha512",
            "data/zz/\(object.dropFirst(2))",
        ]
        for name in names { editor.store[name] = [] }
        let expected = names.sorted().map { "\($0): is not the name of an object (storage)" }
        #expect(try editor.faults(.structure) == expected)
        let path = damaged.objectPath(.chunk)
        let content = "\(path): the content of object \(damaged)P does not match its name (storage)"
        #expect(try editor.faults(.content) == (expected + [content]).sorted())
        #expect(try editor.store.size(of: sound, .file) != nil)
    }

    @Test func faultsAreCountedBeyondTheLimit() async throws {
        let editor = try await RepositoryEditor()
        for number in 0..<10_050 { editor.store["data/00/\(number)"] = [] }
        let check = RepositoryCheck(
            store: editor.store,
            fqrn: StockRepository.fqrn,
            masterKeys: [try editor.stock.masterKey.publicKey],
            options: CheckOptions(.structure),
            now: StockRepository.now
        )
        let report = try check.run()
        #expect(report.faults.count == 10_000)
        #expect(report.omittedFaults == 50)
        #expect(!report.isSound)
    }

    /// Whether the other checker, which knows nothing of this code, finds the same repositories sound and broken.
    @Test(
        arguments: [
            (nil, "", true), ("/software", "UPDATE catalog SET uid = 7 WHERE name = 'lib'", true),
            ("/software", "UPDATE catalog SET hardlinks = (1 << 32) + 2 WHERE name LIKE 'twin_'", true),
            ("/software", "UPDATE catalog SET hardlinks = (1 << 32) + 3 WHERE name LIKE 'twin_'", false),
            ("/data", "DELETE FROM chunks WHERE offset > 0", false),
            ("/software", "UPDATE catalog SET mtime = 1 WHERE name = 'software'", false),
            ("", "UPDATE nested_catalogs SET size = size + 1 WHERE path = '/software'", false),
            ("/software", "UPDATE catalog SET xattr = X'0101' WHERE name = 'attr'", false),
        ] as [(String?, String, Bool)]
    )
    func independentCheckerAgrees(catalog: String?, sql: String, isSound: Bool) async throws {
        let editor = try await RepositoryEditor()
        if let catalog { try await editor.editCatalog(catalog, sql) }
        // That one looks at the clock.
        try editor.editWhitelist(expires: Date() + 86_400)
        #expect(try editor.faults(.content).isEmpty == isSound)
        try await withTemporaryFolder { folder in
            try editor.store.write(to: folder)
            let keys = folder.appending("keys")
            try FileManager.default.createDirectory(atPath: keys.string, withIntermediateDirectories: false)
            try keys.appending("\(StockRepository.fqrn).pub").write(editor.stock.masterKey.publicKey.pem)
            let faults = try await RepositoryChecker.faults(in: folder, fqrn: StockRepository.fqrn, keys: keys)
            #expect(faults.isEmpty == isSound, "\(faults)")
        }
    }
}
