import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import SystemPackage
import Testing

@Suite("Bytes of a commit")
struct CommitSizeTests {
    /// What a commit writes again must not grow with the images that are there, not even where all have one group.
    @Test("one image more among 2,000 of a group writes small catalogs")
    func group() async throws {
        try await ConversionFixture.with { fixture in
            let publisher = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
            try await publish(1...2_000, with: publisher)
            let before = try sizes(in: fixture.storage)
            try await publish(2_001...2_001, with: publisher)
            let new = try sizes(in: fixture.storage).filter { before[$0.key] == nil }
            let bytes = new.values.reduce(0, +)
            // Of the four that lead to 256 each, and of single groups.
            #expect(bytes > 1_000 && bytes < 120_000 && new.values.allSatisfy { $0 < 40_000 }, "\(new)")
        }
    }

    private func publish(_ numbers: ClosedRange<Int>, with publisher: NativePublisher) async throws {
        let files = try numbers.flatMap { number in
            let image = try RepositoryLayout.image(.registry(ImageReference(parsing: "r.org/group/app\(number):1")))
            let digest = try Digest.sha256(of: Array("\(number)".utf8))
            let podman = try PodmanStore.name("r.org/group/app\(number):1")
            return RepositoryLayout.ImageFile.allCases.map {
                TreeEdit($0.path(in: image), .file(Array("{}".utf8)))
            } + [
                TreeEdit(RepositoryLayout.tree(digest), .directory),
                TreeEdit(RepositoryLayout.treeRecord(digest), .file(Array("{}".utf8))),
                TreeEdit(podman, .symlink(Array(digest.hex.utf8))),
            ]
        }
        try await publisher.withSession { _ = try await $0.commit(files, requiring: []) }
    }

    private func sizes(in storage: FilePath) throws -> [String: Int] {
        let data = URL(filePath: storage.appending("data").string)
        let keys: [URLResourceKey] = [.fileSizeKey, .isRegularFileKey]
        let files = try #require(FileManager.default.enumerator(at: data, includingPropertiesForKeys: keys))
        var sizes: [String: Int] = [:]
        for case let file as URL in files {
            let values = try file.resourceValues(forKeys: Set(keys))
            if values.isRegularFile == true { sizes[file.lastPathComponent] = values.fileSize }
        }
        return sizes
    }
}
