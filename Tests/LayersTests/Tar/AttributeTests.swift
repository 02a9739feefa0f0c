import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Extended attributes")
struct AttributeTests {
    static func attributes(
        _ records: KeyValuePairs<RawBytes, RawBytes>,
        policy: LayerPolicy = LayerPolicy()
    ) throws -> (names: [String], values: [[UInt8]], summary: LayerSummary) {
        let layer = try ReadLayer(TarHeaderTests.file(records), policy: policy)
        let xattrs = layer.entries[0].attributes.xattrs
        return (xattrs.map { Printable.text($0.name) }, xattrs.map(\.value), layer.summary)
    }

    @Test("keep their bytes, sorted by name")
    func values() throws {
        let capability: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 61, 10, 255]
        let (names, values, _) = try Self.attributes([
            "SCHILY.xattr.user.z": "last", "SCHILY.xattr.security.capability": RawBytes(capability),
            "SCHILY.xattr.user.empty": "", "SCHILY.xattr.user.größe": [0xff, 0],
        ])
        #expect(names == ["security.capability", "user.empty", "user.größe", "user.z"])
        #expect(values == [capability, [], [0xff, 0], Array("last".utf8)])
    }

    @Test("are read in SELinux's form, and left out in bsdtar's, as Docker and containerd do")
    func otherForms() throws {
        let (names, values, summary) = try Self.attributes([
            "LIBARCHIVE.xattr.user.both": "AAAA", "SCHILY.xattr.user.both": "raw",
            "RHT.security.selinux": "system_u:object_r:bin_t:s0\u{0}",
        ])
        #expect(names == ["security.selinux", "user.both"])
        #expect(values == [Array("system_u:object_r:bin_t:s0\0".utf8), Array("raw".utf8)])
        #expect(summary.notes.dropped == [:])
        let foreign = try Self.attributes(["LIBARCHIVE.xattr.user.a": "aGVsbG8"])
        #expect(foreign.names == [])
        #expect(foreign.summary.notes.dropped[.unknownAttribute]?.names == ["f"])
    }

    @Test("that steer overlay mounts are dropped and counted")
    func overlay() throws {
        let (names, _, summary) = try Self.attributes([
            "SCHILY.xattr.trusted.overlay.opaque": "y", "SCHILY.xattr.user.overlay.whiteout": "y",
            "SCHILY.xattr.trusted.overlay.redirect": "AAAA", "SCHILY.xattr.user.overlays": "kept",
            "SCHILY.xattr.trusted.other": "kept",
        ])
        #expect(names == ["trusted.other", "user.overlays"])
        #expect(summary.notes.dropped[.overlayAttribute]?.count == 3)
        #expect(summary.notes.dropped[.overlayAttribute]?.names == ["f", "f", "f"])
    }

    @Test("that are access control lists are dropped and counted, in every form")
    func accessControlLists() throws {
        let (names, _, summary) = try Self.attributes([
            "SCHILY.acl.access": "user::rw-,group::r--,other::r--", "SCHILY.acl.default": "nonsense",
            "SCHILY.xattr.system.posix_acl_access": [2, 0, 0, 0], "SCHILY.xattr.user.kept": "1",
        ])
        #expect(names == ["user.kept"])
        #expect(summary.notes.dropped[.accessControlList]?.count == 2)
    }

    @Test("that the store cannot hold are dropped and counted")
    func longAttributes() throws {
        let long = RawBytes([UInt8](repeating: 1, count: 256))
        let records: KeyValuePairs<RawBytes, RawBytes> = [
            "SCHILY.xattr.user.long": long, "SCHILY.xattr.user.short": RawBytes(Array(long.bytes.dropLast())),
        ]
        let (names, _, summary) = try Self.attributes(records, policy: LayerPolicy(attributeLength: 255))
        #expect(names == ["user.short"])
        #expect(summary.notes.dropped[.longAttribute]?.count == 1)
        #expect(try Self.attributes(records).names == ["user.long", "user.short"])
    }

    @Test("that Linux cannot have are left out and counted")
    func names() throws {
        let long = String(repeating: "n", count: 251)
        for name in ["", "user.", "security.", "x", "system.x", "USER.a", "user.\(long)"] {
            let (names, _, summary) = try Self.attributes(["SCHILY.xattr.\(name)": "x", "SCHILY.xattr.user.kept": "x"])
            #expect(names == ["user.kept"])
            #expect(summary.notes.dropped[.unknownAttribute]?.count == 1, "\(name)")
        }
        let large = RawBytes([UInt8](repeating: 1, count: 65537))
        #expect(
            try Self.attributes(["SCHILY.xattr.user.large": large]).summary.notes.dropped[.longAttribute]?.count == 1
        )
        expectRefused("the key of a pax record holds a NUL byte", TarHeaderTests.file([[97, 0, 98]: "x"]))
    }

    @Test("of users are only files' and directories'")
    func kinds() throws {
        let tar = TarBuilder.archive { tar in
            for type in ["0", "2", "3", "4", "5", "6"] {
                tar.pax(["SCHILY.xattr.user.a": "1", "SCHILY.xattr.trusted.a": "1"])
                tar.member(TarMember("\(type)", type: Character(type))) { member in
                    if type == "2" { member.link = "x" }
                    member.deviceMinor = 1
                }
            }
        }
        let entries = try ReadLayer(tar).entries
        #expect(entries.map(\.attributes.xattrs.count) == [2, 1, 1, 1, 2, 1])
    }

    @Test("belong to one member only")
    func nextMember() throws {
        let tar = TarBuilder.archive { tar in
            tar.pax(["SCHILY.xattr.user.a": "1"])
            tar.directory("d")
            tar.file("d/f")
        }
        let layer = try ReadLayer(tar)
        #expect(layer.entries.map(\.attributes.xattrs.count) == [1, 0])
    }
}
