import Foundation
import SystemPackage
import TestSupport
import Testing

/// `repository ingest`: a tar archive becomes a subtree.
@Suite struct IngestTests {
    private static let fqrn = "cd.cern.ch"

    @Test func publishesWhatTarWritesIntoAPipe() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let outcome = try await sandbox.shell(
                """
                mkdir -p tool/bin && echo hello >tool/bin/hello && ln -s hello tool/bin/hi &&
                tar -cz -C tool . | "$wafer" repository ingest \(Self.fqrn) /tool/1.0 -
                """
            )
            #expect(outcome.code == 0)
            #expect(outcome.text.hasPrefix("tool/1.0 in \(Self.fqrn), revision 2: 4 entries, "))
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/tool/1.0/bin/hello") == "hello\n")
        }
    }

    @Test func replacesOnlyOnRequest() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            for content in ["one", "two"] {
                let script = "mkdir -p d && echo \(content) >d/f && tar -cf \(content).tar -C d ."
                #expect(try await sandbox.shell(script).code == 0)
            }
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/d", "one.tar")
            let refused = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/d", "two.tar")
            #expect(refused.code == 1 && refused.errors.contains("--replace"))
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/d/f") == "one\n")
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/d", "two.tar", "--replace")
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/d/f") == "two\n")
        }
    }

    @Test func refusesWhatIsNoArchiveAndLeavesTheRevision() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let script =
                "echo 'no tar' >text && mkdir d && head -c 9000 /dev/urandom >d/f && tar -cf a.tar d && head -c 4000 a.tar >cut"
            #expect(try await sandbox.shell(script).code == 0)
            for file in ["text", "cut", "missing"] {
                let outcome = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/d", file)
                #expect(outcome.code == 1)
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +1\n/))
        }
    }
}
