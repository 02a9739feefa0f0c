import Foundation
import Layers
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A damaged layer is refused or read, in bounded memory. `script/fuzz` runs it for longer.
@Suite("Damaged archives") struct FuzzTests {
    /// Archives with every form of header.
    private static let seeds: [[UInt8]] = [
        TarBuilder.archive { tar in
            tar.directory("./")
            tar.file("etc/motd", "hello\n") { $0.uid = 1000 }
            tar.symlink("etc/link", to: "../etc/motd")
            tar.hardLink("etc/hard", to: "etc/motd")
            tar.characterDevice("dev/null", 1, 3)
            tar.fifo("run/fifo")
            tar.file("etc/.wh.gone")
            tar.file("etc/.wh..wh..opq")
        },
        TarBuilder.archive { tar in
            tar.pax(["path": "long/name", "mtime": "-1.5", "SCHILY.xattr.user.a": "b", "size": "5"])
            tar.file("short", "hello")
            tar.pax(["LIBARCHIVE.xattr.user.c": "YWJj", "linkpath": "target"])
            tar.symlink("link", to: "x")
            tar.gnuLongName("gnu/long/name")
            tar.gnuLongLink("gnu/target")
            tar.symlink("y", to: "z")
        },
        TarBuilder.archive { tar in
            tar.pax([
                "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": "9",
            ])
            tar.file(
                "GNUSparseFile.0/s",
                RawBytes(Array("1\n4\n5\n".utf8) + [UInt8](repeating: 0, count: 506) + [1, 2, 3, 4, 5])
            )
        },
    ]

    @Test("tar") func tar() throws {
        var limits = LayerLimits()
        limits.inflatedSize = 64 << 20
        limits.entries = 10_000
        try Fuzzing.run("Layers.tar", rounds: 2_000) { random in
            let stream = random.mutate(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)])
            let pieces = Int.random(in: 1...stream.count + 1, using: &random)
            try Fuzzing.allowing(LayerError.self) {
                let reader = try LayerReader(
                    expecting: nil,
                    limits: limits,
                    read: ReadLayer.source(stream, pieces: pieces)
                )
                var tree = LayerTree<Int>(limits: limits)
                while let entry = try reader.next() {
                    var size = 0
                    try reader.readContent { size += $0.count }
                    if case .node(.file(let announced)) = entry.kind, announced != Int64(size) {
                        throw Fuzzing.Unexpected("\(entry.path) has \(size) bytes, announced are \(announced)")
                    }
                    try tree.add(entry, content: size)
                }
                for node in try tree.finish(over: NothingBelow()).nodes
                where node.path.components.contains(Array("..".utf8)) {
                    throw Fuzzing.Unexpected("the path \(node.path)")
                }
            }
        }
    }
}

extension FuzzTests {
    /// An independent reader says what each image means.
    @Test("random images") func images() async throws {
        try await Fuzzing.run("Layers.images", rounds: 100) { random in
            let seed = UInt32.random(in: 0...UInt32.max, using: &random)
            try await withTemporaryFolder { folder in
                let program = "\(ProjectFolder.root)/Tests/tools/random_layers.py"
                try await ExternalTool.run("python3", [program, "\(seed)", "100", folder.string])
                let lines = try String(contentsOfFile: "\(folder)/expected.jsonl", encoding: .utf8).split(
                    separator: "\n"
                )
                guard lines.count == 100 else { throw Fuzzing.Unexpected("\(lines.count) answers") }
                var differences: [String] = []
                for (number, line) in lines.enumerated() {
                    let answer = try JSONDecoder().decode(OracleAnswer.self, from: Data(line.utf8))
                    let image = URL(filePath: "\(folder)/\(String(format: "%04d", number))")
                    let name = "image \(number) of random_layers.py \(seed) 100"
                    if let difference = try answer.mount.difference(from: image) {
                        differences.append("\(name): \(difference)")
                    }
                    if let difference = try answer.treeDifference(from: image) {
                        differences.append("\(name), unpacked: \(difference)")
                    }
                }
                guard differences.isEmpty else {
                    throw Fuzzing.Unexpected(differences.joined(separator: "\n"))
                }
            }
        }
    }
}
