import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// `repository export`: a subtree as a tar archive, or in a directory.
@Suite struct ExportTests {
    private static let fqrn = "cd.cern.ch"
    private static let isRoot = geteuid() == 0

    private func python(_ arguments: String...) async throws -> [UInt8] {
        let root = ProjectFolder.root
        return try await ExternalTool.run("python3", [root.appending("Tests/tools/every_kind.py").string] + arguments)
    }

    /// A repository that has every kind of entry at `/every/kind`, from `every-kind.tar`.
    private func withEveryKind(_ body: (Sandbox) async throws -> Void) async throws {
        try await withRepository(Self.fqrn) { sandbox in
            _ = try await python("make", sandbox.path.appending("every-kind.tar").string)
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/every/kind", "every-kind.tar")
            try await body(sandbox)
        }
    }

    /// What the other program finds in an archive, by path.
    private func members(_ archive: FilePath) async throws -> [String: [String: String]] {
        let json = try await python("list", archive.string)
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [[String: String]])
        return Dictionary(uniqueKeysWithValues: rows.compactMap { row in row["path"].map { ($0, row) } })
    }

    @Test func anArchiveHoldsWhatTheIngestedOneHeld() async throws {
        try await withEveryKind { sandbox in
            let script = """
                "$wafer" repository export \(Self.fqrn) /every/kind - >out.tar &&
                "$wafer" repository export \(Self.fqrn) every/kind/ - | cmp - out.tar &&
                tar -tf out.tar >gnu && bsdtar -tf out.tar >bsd && wc -l <gnu && wc -l <bsd
                """
            let outcome = try await sandbox.shell(script)
            #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
            var expected = try await members(sandbox.path.appending("every-kind.tar"))
            // Directories that no member names.
            for name in ["names", "long"] { expected[name] = ["path": name] }
            let found = try await members(sandbox.path.appending("out.tar"))
            #expect(Set(found.keys) == Set(expected.keys))
            for (path, row) in found where row["path"] != "names" && row["path"] != "long" {
                #expect(row == expected[path])
            }
            #expect(outcome.text == "\(found.count)\n\(found.count)\n")
            // And it gives the same rows again.
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/every/copy", "out.tar")
            let rows = try await sandbox.shell(
                """
                for name in kind copy; do
                    "$wafer" repository ls \(Self.fqrn) /every/$name -R -z | sed "s,every/$name,," >$name.csv || exit 1
                done
                cmp kind.csv copy.csv && wc -l <kind.csv
                """
            )
            #expect(rows.code == 0 && Int(rows.text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 > 20)
        }
    }

    @Test func everythingFromTheRootWithNestedCatalogs() async throws {
        try await withEveryKind { sandbox in
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/second", "every-kind.tar")
            let outcome = try await sandbox.shell(
                """
                "$wafer" repository export \(Self.fqrn) / - | tar -t | grep -c -e ^every/kind/ -e ^second/
                "$wafer" repository export \(Self.fqrn) /second/large - | tar -xO | wc -c
                """
            )
            #expect(outcome.text == "42\n10240000\n")
        }
    }

    @Test(.enabled(if: isRoot, "owners and devices need root"))
    func aDirectoryIsWhatTarExtracts() async throws {
        try await withEveryKind { sandbox in
            let outcome = try await sandbox.shell(
                """
                "$wafer" repository export \(Self.fqrn) /every/kind - >out.tar && mkdir reference &&
                tar -xp --xattrs --xattrs-include='*' --numeric-owner -C reference -f out.tar &&
                "$wafer" repository export \(Self.fqrn) /every/kind export --setuid --devices
                """
            )
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.text.contains("every/kind of \(Self.fqrn) in export: 21 entries"))
            let reference = try await python("tree", sandbox.path.appending("reference").string)
            let export = try await python("tree", sandbox.path.appending("export").string)
            #expect(String(decoding: export, as: UTF8.self) == String(decoding: reference, as: UTF8.self))
            #expect(reference.split(separator: UInt8(ascii: "\n")).count == 21)
        }
    }

    @Test func whatGivesRightsIsLeftOutAndCounted() async throws {
        try await withEveryKind { sandbox in
            let outcome = try await sandbox.wafer("repository", "export", Self.fqrn, "/every/kind", "out")
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("device nodes left out (--devices writes them): 2, the first is disk"))
            #expect(outcome.errors.contains("file capabilities left out (--setuid writes them, as root): "))
            let found = try await sandbox.shell(
                "find out -perm /6000 -o -type b -o -type c; ls out/bin; stat -c %h out/bin/su"
            )
            #expect(found.text == "ping\nsu\nsu-too\nwall\n2\n")
        }
    }

    @Test(.enabled(if: isRoot, "becoming another user needs root"))
    func anotherUserGetsWhatHeMayHave() async throws {
        try await withEveryKind { sandbox in
            let outcome = try await sandbox.shell(
                """
                mkdir open && chown -R 65534 . &&
                setpriv --reuid 65534 --clear-groups "$wafer" repository export \(Self.fqrn) /every/kind open/out \\
                    --setuid --devices && stat -c '%u %a' open/out/bin/su
                """
            )
            // Making a device is what he may not.
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("the export is incomplete: remove open/out"), "\(outcome.errors)")
            let second = try await sandbox.shell(
                """
                setpriv --reuid 65534 --clear-groups "$wafer" repository export \(Self.fqrn) /every/kind open/two \\
                    --setuid && stat -c '%u %a' open/two/bin/su
                """
            )
            #expect(second.text.hasSuffix("65534 755\n"), "\(second.errors)")
            #expect(second.errors.contains("owners not set, which needs root: "))
        }
    }

    @Test func refusesWhatItMustNotTouch() async throws {
        try await withEveryKind { sandbox in
            let script = "mkdir full && touch full/f file && ln -s full link"
            #expect(try await sandbox.shell(script).code == 0)
            for (target, text) in [("full", "is not empty"), ("link", "is not empty"), ("file", "Not a directory")] {
                let outcome = try await sandbox.wafer("repository", "export", Self.fqrn, "/every/kind", target)
                #expect(outcome.code == 1 && outcome.errors.contains(text), "\(outcome.errors)")
            }
            #expect(try await sandbox.shell("ls full").text == "f\n")
            let missing = try await sandbox.wafer("repository", "export", Self.fqrn, "/nothing", "new")
            #expect(missing.code == 1 && missing.errors.contains("nothing does not exist"))
            #expect(try await sandbox.shell("test -e new").code == 1)
            #expect(try await sandbox.wafer("repository", "export", Self.fqrn, "/every", "-", "--setuid").code == 64)
        }
    }

    @Test func aDamagedObjectEndsIt() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        let outcome = try await sandbox.shell(
            """
            mkdir d && head -c 3000000 /dev/urandom >d/b && echo first >d/a && tar -c -C d . |
                "$wafer" repository ingest \(Self.fqrn) /d - >ingested
            object=$(find srv/data -size +1000k) && printf damaged-to-be-seen | dd of=$object bs=1 seek=2999900 conv=notrunc 2>dd
            "$wafer" repository export \(Self.fqrn) /d - >out.tar; echo $?; tail -c 1024 out.tar | tr -d '\\0' | wc -c
            "$wafer" repository export \(Self.fqrn) /d out; echo $?; cat out/a
            """
        )
        #expect(outcome.text == "1\n1024\n1\nfirst\n" || outcome.text.hasPrefix("1\n10"), "\(outcome.text)")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("does not match its name") }, "\(outcome.errors)")
        #expect(lines.last?.contains("the export is incomplete: remove out") == true)
    }
}
