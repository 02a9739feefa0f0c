import Conversion
import Foundation
import OCI
import Recipes
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RecipeSourceTests {
    @Test(arguments: [
        ("images.yaml", "/srv/x/images.yaml"), ("../a/./b", "/srv/a/b"), ("/etc/list", "/etc/list"),
        ("https://a.org/x.yaml?y", "https://a.org/x.yaml?y"),
    ])
    func names(text: String, name: String) throws {
        #expect(try RecipeSource(text, folder: "/srv/x").description == name)
    }

    @Test(arguments: ["http://a.org/x", "ftp://a.org/x", "git+https://a.org/x"])
    func addressesThatAreNotRead(text: String) {
        #expect(throws: ConversionError.self) { try RecipeSource(text, folder: "/") }
    }

    /// Nothing is read a second time that is still the same.
    @Test func aFileThatDidNotChange() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("list")
        func write(_ text: String) throws { try text.write(toFile: path.string, atomically: true, encoding: .utf8) }
        try write("a.org/b:1\n")
        // Another text of the same digest shows that it is taken.
        let first = try await RecipeSource.file(path).read { try .testing() }
        let known = try RecipeText(Array("a.org/b:1\n".utf8), etag: "known")
        #expect(try await RecipeSource.file(path).read(after: known) { try .testing() } == known)
        try write("a.org/b:2\n")
        let second = try await RecipeSource.file(path).read(after: first) { try .testing() }
        #expect(second.recipe.entries.map(\.image.tag) == ["2"] && second != first)
    }

    @Test func filesThatCannotBeRead() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("large")
        try Data(count: Recipe.longest + 1).write(to: URL(filePath: path.string))
        for (path, message) in [(path, "is larger than 1 MiB"), (folder.path.appending("none"), "No such file")] {
            let error = await #expect(throws: ConversionError.self) {
                try await RecipeSource.file(path).read { try .testing() }
            }
            #expect(error?.description.contains(message) == true)
        }
    }

    @Test func documentsOfWebServers() async throws {
        let folder = try TemporaryFolder()
        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: folder.path.appending(name).string, atomically: false, encoding: .utf8)
        }
        try write("list", "a:1\n")
        try write("list.etag", "\"one\"")
        try write("cut.cut", "")
        try write("broken.status", "500")
        try await WebServer.serving(folder.path.string) { url in
            let reader = try WebReader.testing()
            func document(_ name: String, _ etag: String? = nil) async throws -> WebDocument? {
                try await reader.document("\(url)/\(name)", limit: 1_000, unless: etag)
            }
            let whole = WebDocument(
                bytes: Array("a:1\n".utf8),
                etag: "\"one\"",
                contentType: "application/octet-stream"
            )
            #expect(try await document("list") == whole)
            #expect(try await document("list", "\"none\"") == whole)
            #expect(try await document("list", "\"one\"") == nil)
            #expect(try await reader.document("\(url)/list", limit: 4, unless: nil) == whole)
            for name in ["cut", "broken", "missing"] {
                await #expect(throws: RegistryError.self, "\(name)") { try await document(name) }
            }
            await #expect(throws: RegistryError.self) {
                try await reader.document("\(url)/list", limit: 3, unless: nil)
            }
        }
    }
}
