import Layers
import OCI
import Plumbing
import TestSupport
import Testing

/// Archives of the programs that layers are made with, compared with the files that went in as `find` sees them.
@Suite("Archives of tar and bsdtar")
struct RealArchiveTests {
    /// Makes a tree of files. `$LONG` asks for names that ustar cannot hold, `$OWNER` and `$TIME` say what it can.
    static let script = #"""
        set -e
        umask 022
        mkdir -p tree/dir/sub tree/empty
        cd tree
        printf hello > dir/file
        : > dir/nothing
        head -c 300000 /dev/urandom > dir/sub/random
        ln -s ../nowhere dir/dangling
        ln -s file dir/link
        ln dir/file dir/file2
        ln dir/file dir/sub/file3
        ln dir/link dir/link2
        mkfifo dir/pipe
        printf x > "$(printf 'gr\303\274n')"
        printf y > "$(printf 'latin-\374')"
        printf z > "$(printf 'a b\tc\001d')"
        truncate -s 3000000 dir/sparse
        printf middle | dd of=dir/sparse bs=1 seek=1500000 conv=notrunc status=none
        printf end | dd of=dir/sparse bs=1 seek=2999997 conv=notrunc status=none
        if [ -n "$LONG" ]; then
            name=$(printf 'n%.0s' $(seq 255))
            mkdir -p "$name/$name"
            printf long > "$name/$name/$name"
            ln -s "$name/$name/$name" longlink
            ln "$name/$name/$name" "$name/longhard"
        fi
        if [ "$(id -u)" = 0 ]; then
            mknod dir/null c 1 3; mknod dir/disk b 259 70000
            chown 1234:5678 dir/file; chown -h "$OWNER" dir/link
        fi
        chmod 4755 dir/file; chmod 1777 empty; chmod 2750 dir/sub; chmod 000 dir/nothing
        setfattr -n user.text -v value dir/sub/random
        setfattr -n user.binary -v 0x00ff0a3d dir/sub/random
        touch -h -d "$TIME UTC" dir/dangling
        touch -d '2001-02-03 04:05:06.123456789 UTC' dir/sub/random
        touch -d '2033-01-01 UTC' dir
        """#

    /// How an archive is made, and what its format keeps.
    struct Maker: Sendable, CustomTestStringConvertible {
        let command: String
        /// In the form of `chown`.
        var owner = "3000000:4000000000"
        /// In the form of `touch`. bsdtar writes fractions of seconds before 1970 in a way of its own.
        var time = "1969-12-31 23:59:58.25"
        var keepsLongNames = true
        var keepsNanoseconds = false
        var keepsAttributes = false
        var testDescription: String { command }
    }

    static let makers = [
        Maker(command: "tar --format=gnu"),
        Maker(command: "tar --format=gnu --sparse"),
        Maker(command: "tar --format=ustar", owner: "60000:60001", time: "1975-01-01", keepsLongNames: false),
        Maker(command: "tar --format=pax", keepsNanoseconds: true),
        Maker(command: "tar --format=pax --xattrs --sparse", keepsNanoseconds: true, keepsAttributes: true),
        Maker(command: "tar --format=pax --sparse --sparse-version=0.1", keepsNanoseconds: true),
        Maker(command: "tar --format=pax --sparse --sparse-version=0.0", keepsNanoseconds: true),
        Maker(command: "bsdtar --format=pax", time: "1969-12-31", keepsNanoseconds: true, keepsAttributes: true),
        Maker(command: "bsdtar --format=gnutar", time: "1975-01-01"),
        Maker(command: "bsdtar --format=ustar", owner: "60000:60001", time: "1975-01-01", keepsLongNames: false),
    ]

    @Test("come out as the files that went in", arguments: makers)
    func comparison(maker: Maker) async throws {
        let folder = String(decoding: try await ExternalTool.run("mktemp", ["-d"]), as: UTF8.self).dropLast()
        func shell(_ script: String) async throws -> [UInt8] {
            try await ExternalTool.run("bash", ["-c", script], in: String(folder))
        }
        let long = maker.keepsLongNames ? "1" : ""
        _ = try await shell("LONG=\(long) OWNER=\(maker.owner) TIME='\(maker.time)'\n" + Self.script)
        let tar = try await shell("\(maker.command) -C tree -cf - .")
        let files = try FoundFile.list(
            try await shell(#"cd tree && find . -printf '%P\0%y\0%m\0%U\0%G\0%s\0%T@\0%l\0%i\0'"#)
        )
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: tar)
        let expectation = try ReadLayer.expectation(stream, diffID: try Digest.sha256(of: tar))
        let layer = try ReadLayer(stream, expecting: expectation)
        let nodes = try layer.nodes()
        #expect(nodes.map(\.path.bytes) == files.map(\.path))
        for (node, file) in zip(nodes, files) {
            let isSame = file.matches(node, nanoseconds: maker.keepsNanoseconds)
            #expect(isSame, "\(node.path): \(node) is not \(file)")
            guard case .file = node.kind, let content = node.content else { continue }
            let path = Printable.text(Hex.encode(file.path))
            let stored = try await shell("cat \"tree/$(printf '\(Self.escaped(file.path))')\"")
            #expect(content == stored, "\(path)")
        }
        let random = nodes.first { $0.path.description == "dir/sub/random" }
        let attributes = [
            ExtendedAttribute(name: Array("user.binary".utf8), value: [0, 0xff, 0x0a, 0x3d]),
            ExtendedAttribute(name: Array("user.text".utf8), value: Array("value".utf8)),
        ]
        #expect(random?.attributes.xattrs == (maker.keepsAttributes ? attributes : []))
        try Self.checkGroups(nodes, files)
        _ = try await shell("chmod -R u+rwx . && rm -rf '\(folder)'")
    }

    static func escaped(_ path: [UInt8]) -> String {
        path.map { "\\x" + Hex.encode([$0]) }.joined()
    }

    /// Names of one inode in one directory, and only those, have one group.
    static func checkGroups(_ nodes: [LayerNode<[UInt8]>], _ files: [FoundFile]) throws {
        for (node, file) in zip(nodes, files) where file.type == "f" {
            let mates = zip(nodes, files).filter { $0.1.inode == file.inode && $0.0.path.parent == node.path.parent }
            #expect(node.linkCount == mates.count)
            #expect(mates.allSatisfy { $0.0.linkGroup == node.linkGroup })
            #expect((node.linkGroup > 0) == (mates.count > 1))
        }
        #expect(Set(nodes.map(\.linkGroup)).subtracting([0]).count == 1)
    }
}
