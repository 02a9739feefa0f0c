import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Repositories as no stock tool at hand writes them: made by hand.
@Suite struct HandMadeRepositoryTests {
    private static let forms: [[String]] =
        [["--hash", "sha1"], ["--hash", "rmd160"], ["--hash", "shake128"], ["--schema", "2.4"]]
        + (0...6).map { ["--schema-revision", String($0)] }

    @Test("hash functions, schema revisions, both compressions, chunks, bulk hashes read back", arguments: forms)
    func reads(_ options: [String]) async throws {
        try await withTemporaryFolder { folder in
            let hand = try await HandMadeRepository(in: folder.appending("hand"), options)
            let repository = try hand.open()
            let tree = try repository.reader.tree()
            var found: [String: String] = [:]
            try tree.walk(BytePath()) { path, entry in
                guard entry.type == .regular else { return }
                let digest = try MessageDigest(.sha256)
                try repository.reader.store.readContent(tree.content(of: path)) { digest.update($0) }
                found["/\(path)"] = Hex.encode(digest.finish())
            }
            #expect(try found == hand.contents())
            try await hand.expectSound()
        }
    }

    @Test func readsTheHashesOfAWholeFileBesideItsChunks() async throws {
        try await withHandMadeRepository { hand in
            let tree = try hand.open().reader.tree()
            let bulk = try #require(try tree.entry(at: BytePath("bulk")))
            #expect(bulk.flags.contains(.chunked) && bulk.hash != nil)
            guard case .chunked(let chunks, _, _) = try tree.content(of: BytePath("bulk")) else {
                Issue.record("read as one object")
                return
            }
            #expect(chunks.count == 5)
            #expect(try tree.entry(at: BytePath("big"))?.hash == nil)
        }
    }

    @Test("RIPEMD-160 is read, and refused by its name where something would be written")
    func ripemd() async throws {
        try await withHandMadeRepository("--hash", "rmd160") { hand in
            let repository = try hand.open()
            let before = try hand.storage.appending(".cvmfspublished").contents()
            for attempt in 0..<3 {
                let error = #expect(throws: CVMFSError.self) {
                    switch attempt {
                    case 0: try hand.write("f", in: repository)
                    case 1: _ = try repository.trust.rotateKey(.test)
                    default: _ = try repository.setMetainfo([0x7b, 0x7d], .test)
                    }
                }
                #expect(error?.description.contains("RIPEMD-160, which Wafer only reads") == true)
            }
            #expect(try hand.storage.appending(".cvmfspublished").contents() == before)
            // A whitelist names nothing by it that readers would have to find.
            try repository.trust.resign(.test)
            try await hand.expectSound()
        }
    }

    @Test("bind mountpoints show another revision, hidden entries are there, and neither can be changed")
    func virtualFolder() async throws {
        try await withHandMadeRepository("--virtual", "--hash", "shake128") { hand in
            let repository = try hand.open()
            let tree = try repository.reader.tree()
            let snapshot = try BytePath(".cvmfs/snapshots/first")
            #expect(try tree.readFile(BytePath("hello")) == Array("hello 2\n".utf8))
            #expect(try tree.readFile(snapshot.appending(BytePath("hello"))) == Array("hello 1\n".utf8))
            let deep = snapshot.appending(try BytePath("sub/deep/inner"))
            #expect(try tree.readFile(deep) == Array("inner /sub/deep".utf8))
            #expect(try tree.entries(of: snapshot.appending(BytePath("sub/deep"))).count == 4)
            #expect(try tree.entry(at: BytePath(".cvmfs"))?.flags.contains(.hidden) == true)
            var walked = 0
            try tree.walk(BytePath()) { path, _ in
                #expect(path == snapshot || !path.starts(with: snapshot))
                walked += 1
            }
            var below = 0
            try tree.walk(snapshot) { _, _ in below += 1 }
            // The root of the snapshot stands for itself, and the newer revision has three directories more.
            #expect(walked == below + 3)
            for path in [snapshot.appending(try BytePath("hello")), deep] {
                #expect(throws: CVMFSError.self) {
                    try repository.edit(.test) { try $0.remove(path) }
                }
                #expect(throws: CVMFSError.self) {
                    try repository.edit(.test) { try $0.writeFile(path, []) }
                }
            }
            try hand.write("f", in: repository)
            let after = try repository.reader.tree()
            #expect(try after.readFile(snapshot.appending(BytePath("hello"))) == Array("hello 1\n".utf8))
            try await hand.expectSound()
        }
    }

    @Test func alternativePathsFollowTheRevision() async throws {
        try await withHandMadeRepository("--alternative") { hand in
            let repository = try hand.open()
            func names() throws -> Set<String> {
                let all = try FileManager.default.contentsOfDirectory(atPath: hand.storage.string)
                return Set(all.filter { $0.hasPrefix(".cvmfsalt-") })
            }
            #expect(try names().count == 2)
            try hand.write("f", in: repository)
            let manifest = try repository.reader.published().manifest
            #expect(manifest.hasAlternativePaths)
            #expect(try names().count == 3)
            let link = ".cvmfsalt-\(manifest.root.hash)C"
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: hand.storage.appending(link).string
            )
            #expect(target == manifest.root.hash.objectPath(.catalog))
            try await hand.expectSound()
            try FileManager.default.removeItem(atPath: hand.storage.appending(link).string)
            #expect(try hand.ownFaults() == ["\(link): is missing (alternative-path)"])
        }
    }

    @Test func followsTheRevisionsBackward() async throws {
        try await withHandMadeRepository("--revisions", "4") { hand in
            let repository = try hand.open()
            let whole = try repository.reader.revisions()
            #expect(whole.links.map(\.revision) == [4, 3, 2, 1])
            #expect(whole.end == .first)
            #expect(try repository.reader.revisions(limit: 2).end == .limit)
            let second = whole.links[2].root
            try hand.write("f", in: repository)
            try FileManager.default.removeItem(
                atPath: hand.storage.appending(second.objectPath(.catalog)).string
            )
            let rest = try repository.reader.revisions()
            #expect(rest.links.map(\.revision) == [5, 4, 3])
            #expect(rest.end == .collected(second))
            let tags = try repository.reader.tagDatabases()
            #expect(tags.links.count == 2 && tags.end == .first)
            #expect(tags.links[1].names == ["first", "trunk"])
        }
        try await withHandMadeRepository("--not-collectable", "--revisions", "3") { hand in
            let repository = try hand.open()
            let first = try #require(try repository.reader.revisions().links.last?.root)
            try FileManager.default.removeItem(atPath: hand.storage.appending(first.objectPath(.catalog)).string)
            let error = #expect(throws: CVMFSError.self) { try repository.reader.revisions() }
            #expect(error?.description.contains("\(first)C, which comes before") == true)
        }
    }
}
