import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Headers and pax records")
struct TarHeaderTests {
    /// One file below extended records.
    static func file(
        _ records: KeyValuePairs<RawBytes, RawBytes>,
        content: RawBytes = "",
        _ change: TarBuilder.Change = { _ in }
    ) -> [UInt8] {
        TarBuilder.archive { tar in
            tar.pax(records)
            tar.file("f", content, change)
        }
    }

    static func entry(_ records: KeyValuePairs<RawBytes, RawBytes>) throws -> LayerEntry? {
        try ReadLayer(file(records)).entries.first
    }

    @Test(
        "keep times with nanoseconds, before 1970 too",
        arguments: [
            ("0", 0, 0), ("1", 1, 0), ("1.5", 1, 500_000_000), ("1.", 1, 0), ("1.0000000019", 1, 1),
            ("-1", -1, 0), ("-1.5", -2, 500_000_000), ("-0.25", -1, 750_000_000),
            ("1700000000.123456789", 1_700_000_000, 123_456_789),
            ("-62135596800", -62_135_596_800, 0), ("99999999999999", 99_999_999_999_999, 0),
        ] as [(String, Int64, Int32)]
    )
    func times(text: String, seconds: Int64, nanoseconds: Int32) throws {
        let entry = try Self.entry(["mtime": RawBytes(stringLiteral: text)])
        #expect(entry?.attributes.mtime == seconds)
        #expect(entry?.attributes.mtimeNanoseconds == nanoseconds)
    }

    @Test("keep times of the header, in base 256 too", arguments: [0, 1, 8_589_934_591, 8_589_934_592, -1, -1_000_000])
    func headerTimes(seconds: Int64) throws {
        let tar = TarBuilder.archive { $0.file("f") { $0.mtime = seconds } }
        #expect(try ReadLayer(tar).entries.first?.attributes.mtime == seconds)
    }

    @Test("keep owners up to 2^32-2", arguments: [0, 1, 2_097_151, 2_097_152, 2_147_483_648, 4_294_967_294])
    func owners(number: Int64) throws {
        let inHeader = TarBuilder.archive { $0.file("f") { ($0.uid, $0.gid) = (number, number) } }
        let inRecord = Self.file(["uid": "\(number)", "gid": "\(number)"])
        for tar in [inHeader, inRecord] {
            let entry = try ReadLayer(tar).entries.first
            #expect(entry?.attributes.uid == UInt32(number))
            #expect(entry?.attributes.gid == UInt32(number))
        }
    }

    @Test(
        "wrap owners beyond as the kernel does, where -1 leaves the file to root",
        arguments: [(-2, 4_294_967_294), (-1, 0), (4_294_967_295, 0), (4_294_967_297, 1), (1 << 50, 0)]
            as [(Int64, UInt32)]
    )
    func wrappedOwners(number: Int64, expected: UInt32) throws {
        let inHeader = TarBuilder.archive { $0.file("f") { ($0.uid, $0.gid) = (number, number) } }
        let inRecord = Self.file(["uid": "\(number)", "gid": "\(number)"])
        for tar in [inHeader, inRecord] {
            let layer = try ReadLayer(tar)
            #expect(layer.entries.first?.attributes.uid == expected)
            #expect(layer.entries.first?.attributes.gid == expected)
            #expect(layer.summary.notes.warnings[.wrappedNumber]?.names == ["f"])
        }
    }

    @Test(
        "refuse records that are not numbers",
        arguments: ["uid", "gid", "mtime", "size"],
        ["", "x", "1x", "0x10", " 1", "1e3", "--1", "99999999999999999999"]
    )
    func notNumbers(key: String, value: String) throws {
        let tar = Self.file([RawBytes(stringLiteral: key): RawBytes(stringLiteral: value)])
        if value.isEmpty {
            // An empty record takes back what was said before, so that the header counts.
            #expect(try ReadLayer(tar).entries.count == 1)
        } else {
            expectRefused("entry \"f\": damaged: the record \(key) is not a", tar)
        }
    }

    @Test("refuse fields that are not numbers")
    func notOctal() {
        // The first member must not be it: libarchive would not take the stream for an archive.
        for (offset, name) in [(100, "mode"), (108, "uid"), (116, "gid"), (136, "mtime")] {
            for field in ["0000x00", "8", "-1", "1 2"] {
                let tar = TarBuilder.archive { tar in
                    tar.file("first")
                    tar.file("f") { $0.patches = [(offset, RawBytes(stringLiteral: field + "\0"))] }
                }
                expectRefused("entry \"f\": damaged: the field \(name) is not a number", tar)
            }
        }
    }

    @Test("take empty and padded fields as other readers do")
    func lenientNumbers() throws {
        let tar = TarBuilder.archive { tar in
            tar.file("a") { $0.patches = [(108, "        "), (116, [0, 0, 0, 0, 0, 0, 0, 0]), (100, "   644 \u{0}")] }
            tar.file("b") { $0.patches = [(100, "0100644\u{0}")] }
        }
        let layer = try ReadLayer(tar)
        #expect(
            layer.entries[0].attributes.uid == 0 && layer.entries[0].attributes.gid == 0
                && layer.entries[0].attributes.mode == 0o644
        )
        #expect(layer.entries[1].attributes.mode == 0o644)
    }

    @Test("take the size from a record where there is one")
    func sizeRecord() throws {
        let tar = TarBuilder.archive { tar in
            tar.pax(["size": "600"])
            tar.file("f", RawBytes([UInt8](repeating: 9, count: 600))) { $0.size = 0 }
            tar.file("g", "x")
        }
        let layer = try ReadLayer(tar)
        #expect(layer.content("f")?.count == 600)
        #expect(layer.content("g") == [120])
    }

    @Test("refuse a damaged header in the middle")
    func checksum() {
        let tar = TarBuilder.archive { tar in
            tar.file("a")
            tar.file("b") { $0.checksum = 1 }
            tar.file("c")
        }
        expectRefused("a header block does not have the checksum that it says", tar)
    }

    @Test(
        "refuse records that break the format",
        arguments: [
            "6 a=b\n", "5 ab\n", "7 a=b\n", "x=y\n", " 6 a=b\n", "a", "6 a=bc", "06 =b\n", "6 a=b\n6 a=b", "4 =\n",
            "999999999999 a=b\n", "0 a=b\n", "-6 a=b\n", "6\ta=b\n",
        ]
    )
    func malformedRecords(body: String) throws {
        let tar = TarBuilder.archive { tar in
            tar.member(TarMember("x", type: "x", content: Array(body.utf8)))
            tar.file("f")
        }
        if body == "6 a=b\n" {
            #expect(try ReadLayer(tar).paths == ["f"])
        } else {
            expectRefused("damaged", tar)
        }
    }

    @Test("take the last of several records of one key, newlines and all")
    func repeatedRecords() throws {
        #expect(try Self.entry(["path": "first", "path": "second\nline=3"])?.path == (try path("second\nline=3")))
    }

    @Test("take GNU's long name before a record, and the last of two headers of one kind, as Go does")
    func ambiguity() throws {
        let both = TarBuilder.archive { tar in
            tar.gnuLongName("one")
            tar.pax(["path": "two"])
            tar.file("x")
        }
        #expect(try ReadLayer(both).paths == ["one"])
        let same = TarBuilder.archive { tar in
            tar.gnuLongName("one")
            tar.pax(["path": "one"])
            tar.file("x")
        }
        #expect(try ReadLayer(same).paths == ["one"])
        let twice = TarBuilder.archive { tar in
            tar.pax(["path": "one"])
            tar.pax(["path": "two"])
            tar.file("x")
        }
        #expect(try ReadLayer(twice).paths == ["two"])
        for count in [2, 33, 40] {
            let longLinks = TarBuilder.archive { tar in
                for index in 0..<count { tar.gnuLongLink("t\(index)") }
                tar.symlink("x", to: "y")
            }
            #expect(try ReadLayer(longLinks).entries.map(\.kind) == [.symlink(target: Array("t\(count - 1)".utf8))])
        }
    }

    @Test("have a prefix in the formats in which Go reads one")
    func prefixes() throws {
        func name(_ dialect: TarMember.Dialect, _ patches: [(Int, RawBytes)]) throws -> [String] {
            try ReadLayer(
                TarBuilder.archive { tar in
                    tar.file("f", "x") { member in
                        member.dialect = dialect
                        member.patches = patches
                    }
                }
            ).paths
        }
        #expect(try name(.ustar, [(345, "some/where")]) == ["some/where/f"])
        // Go before 1.8 wrote it behind GNU's magic; what stands there otherwise are times.
        #expect(try name(.gnu, [(345, "some/where")]) == ["some/where/f"])
        #expect(try name(.gnu, [(345, "00000000017\0"), (357, "00000000017\0")]) == ["f"])
        // A magic that is neither POSIX's nor GNU's.
        #expect(try name(.ustar, [(257, "ustar  0"), (345, "some/where")]) == ["f"])
    }

    @Test("forget records before those for all members, as Go does")
    func recordsBeforeGlobalOnes() throws {
        let tar = TarBuilder.archive { tar in
            tar.pax(["path": "forgotten"])
            tar.pax(["comment": "x"], type: "g")
            tar.file("f", "x")
        }
        #expect(try ReadLayer(tar).paths == ["f"])
    }

    @Test("ignore records for all members, as Docker does, and count them")
    func globalRecords() throws {
        let tar = TarBuilder.archive { tar in
            tar.pax(["comment": "b1946ac92492d2347c6235b4d2611184", "path": "everybody"], type: "g")
            tar.file("a", "x")
            tar.file("b", "y")
            tar.pax(["comment": "end"], type: "g")
        }
        let layer = try ReadLayer(tar)
        #expect(layer.paths == ["a", "b"])
        #expect(layer.summary.notes.warnings[.globalRecords]?.names == ["a"])
        #expect(try ReadLayer(TarBuilder.archive { $0.pax(["comment": "x"], type: "g") }).entries.isEmpty)
    }

    @Test("refuse headers without end")
    func hugeHeaders() {
        let large = TarBuilder.archive { tar in
            tar.pax(["comment": RawBytes([UInt8](repeating: 65, count: 2 << 20))])
            tar.file("f")
        }
        #expect(throws: LayerError.self) { try ReadLayer(large) }
        let many = TarBuilder.archive { tar in
            for _ in 0..<20 { tar.pax(["comment": RawBytes([UInt8](repeating: 65, count: 900_000))], type: "g") }
            tar.file("f")
        }
        #expect(throws: LayerError.self) { try ReadLayer(many) }
    }

    @Test("say where members begin as Go reads them")
    func framing() throws {
        // Some readers take this body for further members.
        let inner = TarBuilder.archive { $0.file("inner", "x") }
        let slash = TarBuilder.archive { $0.member(TarMember("dir/", type: "0", content: inner)) }
        #expect(try ReadLayer(slash).paths == ["dir"])
        // A hard link with a body, which POSIX allows, and which others take for further members.
        let body = TarBuilder.archive { tar in
            tar.file("a", "x")
            tar.pax(["comment": "pax"])
            tar.hardLink("b", to: "a") { $0.content = inner }
        }
        #expect(try ReadLayer(body).paths == ["a", "b", "inner"])
        // A size without a body, which old writers left in hard links, is harmless.
        let size = TarBuilder.archive { tar in
            tar.file("a", "xyz")
            tar.hardLink("b", to: "a") { $0.size = 3 }
            tar.file("c", "end")
        }
        #expect(try ReadLayer(size).paths == ["a", "b", "c"])
        // GNU's field for the size of sparse files, in a file that is none.
        let realSize = TarBuilder.archive { tar in
            tar.file("first")
            tar.file("a", "xyz") { member in
                member.dialect = .gnu
                member.patches = [(483, "00000000777\u{0}")]
            }
        }
        #expect(try ReadLayer(realSize).content("a") == Array("xyz".utf8))
        // GNU's sparse map in a file that is none: some readers take the first block of the content for more of the map.
        let map = TarBuilder.archive { tar in
            tar.file("a", RawBytes(inner)) { member in
                member.dialect = .gnu
                let size = TarMember.number(Int64(inner.count), width: 12)
                member.patches = [(386, RawBytes(TarMember.number(0, width: 12) + size)), (482, [1])]
            }
        }
        #expect(try ReadLayer(map).content("a") == inner)
    }
}
