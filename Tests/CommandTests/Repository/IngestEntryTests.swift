import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a tar archive may hold, from `repository ingest` to `repository cat`.
@Suite struct IngestEntryTests {
    private static let fqrn = "cd.cern.ch"

    private func write(_ archive: [UInt8], _ sandbox: Sandbox) throws {
        try Data(archive).write(to: URL(filePath: sandbox.path.appending("a.tar").string))
    }

    /// Publishes an archive at `/a` and returns what was said on the way.
    private func ingest(_ archive: [UInt8], _ sandbox: Sandbox) async throws -> String {
        try write(archive, sandbox)
        let outcome = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/a", "a.tar", "--replace")
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.errors
    }

    /// What is said of an archive that is not taken.
    private func refusal(_ archive: [UInt8], _ sandbox: Sandbox) async throws -> String {
        try write(archive, sandbox)
        let outcome = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/a", "a.tar", "--replace")
        #expect(outcome.code == 1)
        #expect(outcome.errors.split(separator: "\n").count == 1)
        return outcome.errors
    }

    private func rows(_ sandbox: Sandbox) async throws -> [String: [String: Any]] {
        let text = try await sandbox.succeed("repository", "ls", Self.fqrn, "/a", "-R", "--format", "json")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["path"] as? String ?? "", $0) })
    }

    @Test func sparseFilesComeOutWhole() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let pieces = [(offset: 5000, bytes: Array("one".utf8)), (offset: 300_000, bytes: Array("two".utf8))]
            var whole = [UInt8](repeating: 0, count: 400_000)
            for (offset, bytes) in pieces { whole.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
            let archive = TarBuilder.archive { tar in
                for form in TarBuilder.SparseForm.allCases {
                    tar.sparse("\("\(form)")", size: 400_000, pieces, form: form)
                }
                tar.file("after", "intact")
            }
            #expect(try await ingest(archive, sandbox) == "")
            for form in TarBuilder.SparseForm.allCases {
                let outcome = try await sandbox.wafer("repository", "cat", Self.fqrn, "/a/\(form)")
                #expect(outcome.output == whole, "\(form)")
            }
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/a/after") == "intact")
        }
    }

    @Test func namesNeedNotBeUTF8() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let archive = TarBuilder.archive { tar in
                tar.directory([0xE4, 0xFF])
                tar.file([0xE4, 0xFF, 0x2F, 0x80], "bytes")
                tar.symlink("l", to: [0xFE])
            }
            #expect(try await ingest(archive, sandbox) == "")
            let listing = try await sandbox.succeed("repository", "ls", Self.fqrn, "/a", "-R")
            #expect(listing.contains(#"a/\xe4\xff/\x80"#))
            let shell = try await sandbox.shell(
                #"""
                dir=$(printf '/a/\344\377') && "$wafer" repository cat cd.cern.ch "$dir/$(printf '\200')" &&
                "$wafer" repository rm cd.cern.ch "$dir/$(printf '\200')" && "$wafer" repository ls cd.cern.ch "$dir" &&
                "$wafer" repository ingest cd.cern.ch "$dir/new" a.tar &&
                "$wafer" repository cat cd.cern.ch "$dir/new/$(printf '\344\377/\200')"
                """#
            )
            #expect(shell.code == 0, "\(shell.errors)")
            #expect(shell.text.hasPrefix("bytes") && shell.text.hasSuffix("bytes"))
        }
    }

    @Test func warnsOfWhatClientsExpandAndOfWhatIsLeftOut() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let archive = TarBuilder.archive { tar in
                for number in 0..<5 { tar.symlink("l\(number)", to: "$(HOME)/x") }
                tar.pax([
                    "SCHILY.xattr.user.long": "\(String(repeating: "v", count: 256))", "SCHILY.xattr.user.ok": "v",
                ])
                tar.file("f")
                tar.file("d/.cvmfscatalog")
            }
            let said = try await ingest(archive, sandbox)
            #expect(said.contains("clients expand $( in the targets of symbolic links: l0 -> $(HOME)/x, l1"))
            #expect(said.contains(" and 2 more"))
            #expect(said.contains("left out attributes with a name or value of more than 255 bytes"))
            #expect(said.contains("left out files with the name of a catalog's marker: d/.cvmfscatalog"))
            let rows = try await rows(sandbox)
            #expect(rows["a/l0"]?["target"] as? String == "$(HOME)/x")
            #expect(rows["a/f"]?["xattrs"] as? String == "user.ok=76")
            #expect(rows["a/d/.cvmfscatalog"] == nil)
        }
    }

    @Test func hardLinksAreGroupsWithinADirectoryOnly() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let archive = TarBuilder.archive { tar in
                tar.file("d/one", "same")
                tar.hardLink("d/two", to: "d/one")
                tar.hardLink("e/three", to: "d/one")
                tar.fifo("fifo")
                tar.characterDevice("null", 1, 3)
                tar.blockDevice("disk", 259, 300)
            }
            let said = try await ingest(archive, sandbox)
            #expect(said.hasSuffix("not all of it is stored: 3 hard links as files of their own\n"))
            let rows = try await rows(sandbox)
            #expect(rows["a/d/one"]?["links"] as? Int == 2 && rows["a/d/two"]?["links"] as? Int == 2)
            #expect(rows["a/e/three"]?["links"] as? Int == 1)
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/a/e/three") == "same")
            #expect(rows["a/fifo"]?["type"] as? String == "fifo" && rows["a/fifo"]?["size"] as? Int == 0)
            #expect(rows["a/null"]?["major"] as? Int == 1 && rows["a/null"]?["minor"] as? Int == 3)
            #expect(rows["a/disk"]?["major"] as? Int == 259 && rows["a/disk"]?["minor"] as? Int == 300)
        }
    }

    @Test func whatTheFormatCannotHoldIsRefusedByName() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let name = RawBytes(Array(repeating: UInt8(ascii: "n"), count: 256))
            let long = TarBuilder.archive { tar in
                tar.gnuLongName(name)
                tar.file("n")
            }
            #expect(try await refusal(long, sandbox).contains("nnnn"))
            let type = TarBuilder.archive { $0.member(TarMember("sock", type: "s")) }
            #expect(try await refusal(type, sandbox).contains(#"entry "sock": refused: its type "s" is unknown"#))
            let target = TarBuilder.archive { tar in
                tar.gnuLongLink(RawBytes(Array(repeating: UInt8(ascii: "t"), count: 5000)))
                tar.symlink("l", to: "t")
            }
            #expect(try await refusal(target, sandbox).contains(#"entry "l""#))
            let many = TarBuilder.archive { tar in
                tar.raw(
                    TarMember(
                        "many",
                        type: "x",
                        content: (0..<256).flatMap {
                            TarBuilder.record("SCHILY.xattr.user.\(RawBytes(Array("\($0)".utf8)))", "")
                        }
                    ).bytes
                )
                tar.file("f")
            }
            #expect(
                try await refusal(many, sandbox).contains(
                    #"entry "f": over the limit: the number of extended attributes may be at most 255"#
                )
            )
            try write(TarBuilder.archive { $0.file("f") }, sandbox)
            for (path, rule) in [
                ("/\(String(repeating: "x", count: 256))", "has a name of 256 bytes"),
                ("/x/.cvmfscatalog/y", "x/.cvmfscatalog cannot be written: the name marks a catalog"),
                ("/.cvmfs/x", "/.cvmfs belongs to the format"),
            ] {
                let outcome = try await sandbox.wafer("repository", "ingest", Self.fqrn, path, "a.tar")
                #expect(outcome.code == 1 && outcome.errors.contains(rule), "\(outcome.errors)")
            }
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +1\n/))
        }
    }
}
