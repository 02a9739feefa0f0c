import CVMFS
import Plumbing
import Testing

/// The way of a file into a row and back.
@Suite("A file as a row")
struct FileNodeTests {
    private static let attributes = FileAttributes(
        mode: 0o4751,
        uid: .max,
        gid: 7,
        mtime: -3,
        mtimeNanoseconds: 999_999_999,
        xattrs: [ExtendedAttribute(name: Array("user.a".utf8), value: [0, 255])]
    )

    private static let kinds: [FileNode.Kind] = [
        .directory, .file(size: 5), .symlink(target: [0xff, UInt8(ascii: "/")]),
        .characterDevice(DeviceNumber(major: 0, minor: 0)), .blockDevice(DeviceNumber(major: 4095, minor: 1 << 20)),
        .fifo, .socket,
    ]

    @Test("is the same file when it is read back", arguments: kinds)
    func roundTrip(kind: FileNode.Kind) throws {
        let node = FileNode(kind, Self.attributes)
        let content = StoredContent.whole(hash: try ContentHash(.sha1, of: []), size: 5, compression: .zlib)
        let row = try CatalogEntry(node, named: Array("name".utf8), content: content)
        // A link's permissions are these whatever somebody says.
        let mode: UInt32 = kind.type == .symlink ? 0o777 : 0o4751
        #expect(row.mode & FileType.mask == kind.type.rawValue && row.mode & ~FileType.mask == mode)
        #expect(row.isDirectory == (kind == .directory) && row.flags.contains(.file) == (kind != .directory))
        #expect((row.hash != nil) == (kind.type == .regular))
        var attributes = Self.attributes
        attributes.mode = UInt16(mode)
        #expect(try row.node(at: BytePath("name")) == FileNode(kind, attributes))
    }

    @Test("keeps no nanoseconds where there are none: readers tell unknown ones from 0")
    func nanoseconds() throws {
        let row = try CatalogEntry(FileNode(.fifo), named: [97])
        #expect(row.nanoseconds == nil && row.xattrs == nil)
    }

    @Test("is refused where no file can be so, by its path")
    func damage() throws {
        let good = try CatalogEntry(FileNode(.fifo, Self.attributes), named: [97])
        let damages: [(inout CatalogEntry) -> Void] = [
            { $0.mode = 0o644 }, { $0.uid = -1 }, { $0.gid = 1 << 32 }, { $0.xattrs = [9] },
            { ($0.mode, $0.size) = (FileType.regular.rawValue, -1) },
            { ($0.mode, $0.symlink) = (FileType.symlink.rawValue, []) },
            { ($0.mode, $0.symlink) = (FileType.symlink.rawValue, [97, 0]) },
        ]
        for damage in damages {
            var row = good
            damage(&row)
            let error = #expect(throws: CVMFSError.self) { _ = try row.node(at: BytePath("d/a")) }
            #expect(error?.code == .corrupt && error?.description.contains("d/a has ") == true)
        }
        let error = #expect(throws: CVMFSError.self) { _ = try CatalogEntry(FileNode(.file(size: 1)), named: [97]) }
        #expect(error?.code == .refused)
    }
}
