import Layers
import Plumbing
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
