import Foundation
import Layers
import OCI
import Plumbing
import Testing

/// Small images, each with one oddity, held against what an independent reader makes of them (Tests/tools/merge_layers.py).
@Suite("Odd images") struct SharedCaseTests {
    private struct Expected: Decodable {
        struct Reading: Decodable {
            let listing: [File]
        }

        struct File: Decodable, Equatable, CustomStringConvertible {
            let path: String
            let type: String
            let mode: String
            let uid: UInt32
            let gid: UInt32
            var mtime: [Int64]
            let size: Int64?
            let sha256: String?
            let target: String?

            var description: String { "\(path) \(type) \(mode) \(uid):\(gid) \(mtime) \(size ?? -1) \(target ?? "")" }
        }

        let mount: Reading
    }

    private static let cases = [
        "aufs-plink", "dotdot-name", "gnu-tar-label", "gnu-tar-twice-dir", "hardlink-to-lower-layer", "implied-parents",
        "negative-uid", "nested-whiteout-device", "root-opaque", "usrmerge-implied", "xz-layer",
    ]

    @Test("show what a container sees of them", arguments: cases)
    func mounted(name: String) throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures/cases", withExtension: nil))
        let all = try JSONDecoder().decode(
            [String: Expected].self,
            from: try Self.mounts(folder.appending(path: "expected.json"))
        )
        var layers: [CompleteLayer<[UInt8]>] = []
        let archives = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path).sorted()
        #expect(!archives.isEmpty)
        for archive in archives {
            let bytes = Array(try Data(contentsOf: folder.appending(path: "\(name)/\(archive)")))
            layers.append(try ReadLayer(bytes).complete(over: layers))
        }
        let stack = LayerStack(layers.map(NodeLayer.init))
        var found: [Expected.File] = []
        try Self.walk(BytePath(), stack) { path, file in
            found.append(try Self.file(path, file, try Self.content(file, path, stack)))
        }
        var expected = try #require(all[name]?.mount.listing)
        if name == "usrmerge-implied" {
            // The reader leaves such a directory at 0755 of 1970; containerd follows the link, and takes what it leads to.
            let (lib, target) = (expected.firstIndex { $0.path == "lib" }, expected.first { $0.path == "usr/lib" })
            expected[try #require(lib)].mtime = try #require(target).mtime
        }
        #expect(found.sorted { $0.path < $1.path } == expected.sorted { $0.path < $1.path })
    }

    /// The cases by name, those with the reading of a mount only: others are refused.
    private static func mounts(_ file: URL) throws -> Data {
        let all = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: Any]] ?? [:]
        let read = all.filter { cases.contains($0.key) }
        return try JSONSerialization.data(withJSONObject: read)
    }

    private static func walk(
        _ path: BytePath,
        _ stack: LayerStack<NodeLayer>,
        _ body: (BytePath, LowerFile) throws -> Void
    ) throws {
        guard let file = try stack.file(at: path) else { return }
        try body(path, file)
        guard file.node.kind == .directory else { return }
        for name in try stack.names(in: path) { try walk(path.appending(name), stack, body) }
    }

    private static func content(
        _ file: LowerFile,
        _ path: BytePath,
        _ stack: LayerStack<NodeLayer>
    ) throws -> [UInt8]? {
        if case .file = file.node.kind { try stack.content(of: file, at: path) } else { nil }
    }

    private static func file(_ path: BytePath, _ file: LowerFile, _ content: [UInt8]?) throws -> Expected.File {
        let attributes = file.node.attributes
        var target: String?
        var type = "directory"
        switch file.node.kind {
        case .directory: break
        case .file: type = "file"
        case .symlink(let bytes): (type, target) = ("symlink", String(decoding: bytes, as: UTF8.self))
        default: type = "special"
        }
        return Expected.File(
            path: String(decoding: path.bytes, as: UTF8.self),
            type: type,
            mode: String(type == "symlink" ? 0o777 : attributes.mode, radix: 8),
            uid: attributes.uid,
            gid: attributes.gid,
            mtime: [attributes.mtime, Int64(attributes.mtimeNanoseconds)],
            size: content.map { Int64($0.count) },
            sha256: try content.map { try Digest.sha256(of: $0).hex },
            target: target
        )
    }
}
