import Foundation
import Layers
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Small images, each with one oddity, held against what an independent reader makes of them (Tests/tools/merge_layers.py).
/// docs/layers.md says what Docker, containerd, podman and umoci make of the same bytes.
@Suite("Odd images") struct OddImageTests {
    @Test("seen in public reports show what a container sees of them") func reported() throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures/cases", withExtension: nil))
        try Self.expectSame(folder, count: 11)
    }

    @Test("that one can think of do so too") func conceived() async throws {
        try await withTemporaryFolder { folder in
            try await ExternalTool.run("python3", ["\(ProjectFolder.root)/Tests/tools/layer_cases.py", folder.string])
            try Self.expectSame(URL(filePath: folder.string), count: 317)
        }
    }

    /// What is read though Docker and containerd refuse it: no harm comes of it.
    private static let readAllTheSame: Set<String> = [
        // The times of the last access are not looked at.
        "atime-no-number",
        // gzip(1) takes zeros behind a stream for padding.
        "gzip-zeros-after",
        // The content of such a directory is skipped.
        "name-old-file-slash-content",
        // Sun's tar wrote extended headers so.
        "type-solaris-header",
        // A whiteout of no name is left out.
        "whiteout-dot", "whiteout-dotdot", "whiteout-no-name",
    ]

    /// What is refused though some read it.
    private static let refused: Set<String> = [
        // Memory is bounded, and Docker does not read it.
        "zstd-window-28", "zstd-window-29",
    ]

    /// Files without the attributes with which they are refused elsewhere.
    private static let withoutAttributes: Set<String> = ["xattr-name-256", "xattr-namespace-alone", "xattr-value-64k"]

    private static func expectSame(_ folder: URL, count: Int) throws {
        let fixture = try #require(Bundle.module.url(forResource: "Fixtures/cases/expected", withExtension: "json"))
        let expected = try JSONDecoder().decode([String: OracleAnswer].self, from: Data(contentsOf: fixture))
        let names = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter(\.hasDirectoryPath).map(\.lastPathComponent).sorted()
        #expect(names.count == count)
        for name in names {
            let answer = try #require(expected[name], "no answer for \(name)")
            let image = folder.appending(path: name)
            if readAllTheSame.contains(name) {
                #expect(answer.mount.refused != nil)
                #expect(throws: Never.self, "\(name)") { try ShownImage.files(in: image) }
            } else if refused.contains(name) {
                #expect(throws: LayerError.self, "\(name)") { try ShownImage.files(in: image) }
            } else {
                // What may be refused elsewhere, since a lower link is not known by then, may not be here.
                if name.hasPrefix("hard-link-implied"), answer.mount.refused == nil {
                    #expect(throws: Never.self, "\(name)") { try ShownImage.files(in: image) }
                }
                let difference = try answer.mount.difference(
                    from: image,
                    butAttributesOf: withoutAttributes.contains(name) ? "f" : nil
                )
                #expect(difference == nil, "\(name)")
                let unpacked = try answer.treeDifference(
                    from: image,
                    butAttributesOf: withoutAttributes.contains(name) ? "f" : nil
                )
                #expect(unpacked == nil, "\(name), unpacked")
            }
        }
    }
}
