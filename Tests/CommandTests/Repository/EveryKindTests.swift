import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// A layer with every kind of entry comes back through `repository ls` and `cat` as Python's `tarfile` reads it.
@Suite struct EveryKindTests {
    private static let fqrn = "cd.cern.ch"

    private func python(_ command: String, _ file: FilePath) async throws -> [UInt8] {
        let root = ProjectFolder.root
        let script = root.appending("Tests/tools/every_kind.py").string
        return try await ExternalTool.run("python3", [script, command, file.string])
    }

    /// Rows by the path below a folder, each value as text.
    private func rows(_ json: [UInt8], below folder: String = "") throws -> [String: [String: String]] {
        let array = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [[String: Any]])
        var rows: [String: [String: String]] = [:]
        for object in array {
            let row = object.mapValues { $0 is NSNull ? "" : "\($0)" }
            let path = try #require(row["path"])
            if path.hasPrefix(folder) { rows[String(path.dropFirst(folder.count))] = row }
        }
        return rows
    }

    @Test func comesBackAsTarListsIt() async throws {
        let sandbox = try Sandbox()
        let archive = sandbox.path.appending("layer.tar")
        _ = try await python("make", archive)
        let expected = try rows(try await python("list", archive))
        try await InMemoryRegistry.with { registry in
            let tar = Array(try Data(contentsOf: URL(filePath: archive.string)))
            let image = try registry.addImage("app", tag: "1", layers: [.tar(tar)])
            try await sandbox.succeed("init")
            try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
            try await sandbox.succeed(
                "add-desiderata",
                "-i",
                registry.reference("app:1"),
                "-o",
                registry.reference("thin:1"),
                "-r",
                Self.fqrn
            )
            let hex = image.manifest.layers[0].digest.hex
            let root = "/.layers/\(hex.prefix(2))/\(hex)/layerfs"
            let text = try await sandbox.succeed("repository", "ls", Self.fqrn, root, "-R", "--format", "json")
            var found = try rows(Array(text.utf8), below: "\(root.dropFirst())/")
            let marker = found.removeValue(forKey: ".cvmfscatalog")
            #expect(marker != nil)
            // Directories that no member names.
            for implicit in ["names", "long"] {
                let row = found.removeValue(forKey: implicit)
                #expect(row?["mode"] == "755" && row?["uid"] == "0" && row?["mtime"] == "1970-01-01T00:00:00Z")
            }
            #expect(Set(found.keys) == Set(expected.keys.filter { $0 != "." }))
            for (path, wanted) in expected where path != "." {
                let row = try #require(found[path], "\(path)")
                try await compare(row, with: wanted, cat: ["repository", "cat", Self.fqrn, "\(root)/\(path)"], sandbox)
            }
            #expect(found["bin/su"]?["links"] == "2" && found["bin/su-too"]?["links"] == "2")
            #expect(found["elsewhere"]?["links"] == "1")
        }
    }

    private func compare(
        _ row: [String: String],
        with wanted: [String: String],
        cat: [String],
        _ sandbox: Sandbox
    ) async throws {
        for field in ["type", "mode", "uid", "gid", "mtime", "target", "xattrs"] {
            #expect(row[field] == wanted[field], "\(wanted["path"] ?? ""): \(field)")
        }
        let nanoseconds = row["mtime_ns"].flatMap { $0.isEmpty ? "0" : $0 }
        #expect(nanoseconds == wanted["mtime_ns"])
        let device = [row["major"] ?? "", row["minor"] ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        #expect(device == wanted["device"])
        guard wanted["type"] == "file" else { return }
        #expect(row["size"] == wanted["size"])
        let content = try await sandbox.wafer(cat).output
        let sum = try await ExternalTool.run("sha256sum", input: content)
        #expect(String(decoding: sum.prefix(64), as: UTF8.self) == wanted["sha256"])
    }
}
