import Foundation
import SystemPackage
import TestSupport
import Testing

/// `repository diff`.
@Suite struct DiffTests {
    private static let fqrn = "cd.cern.ch"

    /// Publishes an archive at a path.
    private func ingest(_ archive: [UInt8], at path: String, _ sandbox: Sandbox) async throws {
        try Data(archive).write(to: URL(filePath: sandbox.path.appending("a.tar").string))
        try await sandbox.succeed("repository", "ingest", Self.fqrn, path, "a.tar", "--replace")
    }

    private func diff(_ arguments: String..., in sandbox: Sandbox) async throws -> String {
        let outcome = try await sandbox.wafer(["repository", "diff", Self.fqrn] + arguments)
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        return outcome.text
    }

    /// A repository with `/tool/1` in revision 2 and `/tool/2` in revision 3. All times are 0.
    private func withTools(_ body: (Sandbox) async throws -> Void) async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let one = TarBuilder.archive { tar in
                tar.directory(".")
                tar.directory("bin")
                tar.file("bin/run", "one")
                tar.directory([0xFF])
                tar.file("gone", "12345")
                tar.symlink("link", to: "bin/run")
            }
            try await ingest(one, at: "/tool/1", sandbox)
            try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "v1")
            let two = TarBuilder.archive { tar in
                tar.directory(".")
                tar.directory("bin")
                tar.file("bin/run", "second")
                tar.directory([0xFF])
                tar.file([0xFF, 0x2F, 0x1B], "x")
                tar.symlink("link", to: "bin")
            }
            try await ingest(two, at: "/tool/2", sandbox)
            try await body(sandbox)
        }
    }

    @Test func comparesTwoPathsOfARevision() async throws {
        try await withTools { sandbox in
            #expect(
                try await diff("/tool/1", "/tool/2", in: sandbox) == #"""
                    in revision 3 of cd.cern.ch
                    ~ bin/run (content, size)
                    - gone
                    ~ link (target)
                    + \xff/\x1b
                    1 added (1 B), 1 removed (5 B), 2 changed (6 B)

                    """#
            )
            #expect(
                try await diff("/tool/1/bin", "/tool/2/bin/", in: sandbox)
                    == "in revision 3 of cd.cern.ch\n~ run (content, size)\n1 changed (6 B)\n"
            )
            #expect(
                try await diff("/tool/1/link", "/tool/2/link", in: sandbox)
                    == "in revision 3 of cd.cern.ch\n~ . (target)\n1 changed (0 B)\n"
            )
            #expect(
                try await diff("/tool/1/bin", "/tool/1/bin", "--revision", "v1", in: sandbox)
                    == "in revision 2 of cd.cern.ch\nno differences\n"
            )
            let missing = try await sandbox.wafer(
                "repository",
                "diff",
                Self.fqrn,
                "/tool/1",
                "/tool/2",
                "--revision",
                "v1"
            )
            #expect(missing.code == 1 && missing.text == "")
            #expect(
                missing.errors
                    == "wafer: error: /tool/2 does not exist in revision 2: `wafer repository ls` lists what is in "
                    + "the published one, and --revision names another\n"
            )
        }
    }

    @Test func comparesTwoRevisionsOfAPath() async throws {
        try await withTools { sandbox in
            let added = #"""
                + tool/2/
                + tool/2/bin/
                + tool/2/bin/run
                + tool/2/link
                + tool/2/\xff/
                + tool/2/\xff/\x1b
                6 added (7 B)

                """#
            let since = "from revision 2 to revision 3 of cd.cern.ch\n"
            for arguments in [[], ["--revision", "2"], ["--revision", "v1"], ["--revision", "trunk-previous"]] {
                let outcome = try await sandbox.wafer(["repository", "diff", Self.fqrn, "/"] + arguments)
                // What is above it has the time of the publication.
                #expect(
                    outcome.text.replacing(/~ .*\n/, with: "").replacing(/, . changed.*/, with: "") == since + added
                )
            }
            #expect(try await diff("/tool/2", in: sandbox) == since + added)
            #expect(try await diff("/tool/1", in: sandbox) == since + "no differences\n")
            try await sandbox.succeed("repository", "rm", Self.fqrn, "/tool/1/gone")
            #expect(
                try await diff("/tool/1/gone", "--revision", "2", in: sandbox)
                    == "from revision 2 to revision 4 of cd.cern.ch\n- tool/1/gone\n1 removed (5 B)\n"
            )
            for (arguments, problem) in [
                (["/none"], "there is nothing to compare: /none exists on neither side"),
                (["/", "--revision", "9"], "there is no revision 9 of cd.cern.ch: the published one is 4"),
            ] {
                let outcome = try await sandbox.wafer(["repository", "diff", Self.fqrn] + arguments)
                #expect(outcome.code == 1 && outcome.text == "" && outcome.errors == "wafer: error: \(problem)\n")
            }
        }
    }

    @Test func tellsEverythingInJSON() async throws {
        try await withTools { sandbox in
            let text = try await diff("/tool/1", "/tool/2", "--format", "json", in: sandbox)
            // A difference is a line.
            #expect(text.split(separator: "\n").count == 9)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(Set(object.keys) == ["after", "before", "differences", "summary"])
            let before = try #require(object["before"] as? [String: Any])
            #expect(before["path"] as? String == "tool/1" && before["revision"] as? Int == 3)
            #expect((before["root_hash"] as? String)?.count == 40)
            let rows = try #require(object["differences"] as? [[String: Any]])
            #expect(rows.map { $0["path"] as? String } == ["bin/run", "gone", "link", #"\xff/\x1b"#])
            #expect(rows.map { $0["change"] as? String } == ["changed", "removed", "changed", "added"])
            #expect(rows.map { $0["aspects"] as? [String] } == [["content", "size"], [], ["target"], []])
            #expect(rows[1]["after"] is NSNull && rows[3]["before"] is NSNull)
            let link = try #require(rows[2]["after"] as? [String: Any])
            #expect(link["target"] as? String == "bin" && link["type"] as? String == "symlink")
            let summary = try #require(object["summary"] as? [String: [String: Int]])
            #expect(
                summary["added"] == ["entries": 1, "bytes": 1] && summary["removed"] == ["entries": 1, "bytes": 5]
            )
            #expect(summary["changed"] == ["entries": 2, "bytes": 6, "bytes_before": 3])
            let none = try await diff("/tool/1", "--format", "json", in: sandbox)
            let empty = try #require(try JSONSerialization.jsonObject(with: Data(none.utf8)) as? [String: Any])
            #expect((empty["differences"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func hasExamplesIn80Columns() async throws {
        let outcome = try await Sandbox().wafer("repository", "diff", "--help")
        #expect(outcome.code == 0 && outcome.text.contains("  wafer repository diff cd.cern.ch /tool"))
        #expect(outcome.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
