import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Writing a tar archive")
struct TarWriterTests {
    static func archive() throws -> [UInt8] {
        var writer = TarWriter()
        try writer.add(name: "thin.json", bytes: Array("{}\n".utf8))
        try writer.add(name: "empty", bytes: [])
        try writer.add(name: "dir/run", bytes: [UInt8](repeating: 65, count: 1024), mode: 0o755)
        return writer.finish()
    }

    @Test("gives what GNU tar, bsdtar and the reader understand alike")
    func readers() async throws {
        let archive = try Self.archive()
        let listing = """
            -rw-r--r-- 0/0               3 1970-01-01 00:00 thin.json
            -rw-r--r-- 0/0               0 1970-01-01 00:00 empty
            -rwxr-xr-x 0/0            1024 1970-01-01 00:00 dir/run

            """
        let list = try await ExternalTool.run("tar", ["--numeric-owner", "--utc", "-tvf", "-"], input: archive)
        #expect(String(decoding: list, as: UTF8.self) == listing)
        #expect(try await ExternalTool.run("bsdtar", ["-xOf", "-", "thin.json"], input: archive) == Array("{}\n".utf8))
        let layer = try ReadLayer(archive)
        #expect(layer.paths == ["thin.json", "empty", "dir/run"])
        #expect(layer.entries[2].attributes.mode == 0o755 && layer.entries[2].attributes.mtime == 0)
        #expect(layer.content("dir/run") == [UInt8](repeating: 65, count: 1024))
    }

    @Test("gives the same bytes each time, whole blocks with two of zeros at the end")
    func determinism() throws {
        let archive = try Self.archive()
        #expect(archive == (try Self.archive()))
        #expect(archive.count == 512 * (2 + 1 + 3 + 2))
        #expect(archive.suffix(1024).allSatisfy { $0 == 0 })
        #expect(try ReadLayer(TarWriter().finish()).entries.isEmpty)
    }

    @Test("refuses names that the format cannot hold")
    func names() throws {
        var writer = TarWriter()
        for name in ["", "a\0b", String(repeating: "n", count: 101)] {
            #expect(throws: TarWriter.Unrepresentable.self) { try writer.add(name: name, bytes: []) }
        }
        try writer.add(name: String(repeating: "n", count: 100), bytes: [])
        #expect(try ReadLayer(writer.finish()).paths == [String(repeating: "n", count: 100)])
    }
}
