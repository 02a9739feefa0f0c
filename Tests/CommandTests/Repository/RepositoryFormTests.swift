import Foundation
import SystemPackage
import TestSupport
import Testing

/// Hard links and the markers of catalogs in the form that a repository chose.
@Suite struct RepositoryFormTests {
    private static let fqrn = "cd.cern.ch"

    /// An archive with two names of one file.
    private func makeArchive(_ sandbox: Sandbox) async throws {
        let made = try await sandbox.shell("mkdir t && echo 1 > t/a && ln t/a t/b && tar -cf t.tar -C t .")
        #expect(made.code == 0)
    }

    private func links(_ sandbox: Sandbox, _ path: String) async throws -> [String] {
        try await sandbox.succeed("repository", "ls", Self.fqrn, path, "-l").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            return fields.first?.hasPrefix("-") == true && fields.last != ".cvmfscatalog" ? String(fields[1]) : nil
        }
    }

    @Test func hardLinksAreSplitNowAndFromThenOn() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await makeArchive(sandbox)
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/one", "t.tar")
            #expect(try await links(sandbox, "/one") == ["2", "2"])
            #expect(
                try await sandbox.succeed("repository", "set", Self.fqrn, "--hard-links", "split")
                    == "hard links: split, 2 names split\n\(Self.fqrn), revision 3\n"
            )
            #expect(try await links(sandbox, "/one") == ["1", "1"])
            let ingested = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/two", "t.tar")
            #expect(ingested.code == 0 && ingested.errors.contains("2 hard links as files of their own"))
            #expect(try await links(sandbox, "/two") == ["1", "1"])
            #expect(
                try await sandbox.succeed("repository", "set", Self.fqrn, "--hard-links", "split")
                    == "hard links: split, 0 names split\n\(Self.fqrn), revision 4\n"
            )
            #expect(
                try await sandbox.succeed("repository", "set", Self.fqrn, "--hard-links", "keep")
                    == "hard links: keep\n\(Self.fqrn), revision 4\n"
            )
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/three", "t.tar")
            #expect(try await links(sandbox, "/three") == ["2", "2"])
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }

    @Test func markersAreHiddenFromClientsAndKnownToWafer() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await makeArchive(sandbox)
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/one", "t.tar")
            #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/one") == ".cvmfscatalog\na\nb\n")
            #expect(
                try await sandbox.succeed("repository", "set", Self.fqrn, "--markers", "hidden")
                    == "markers: hidden, 1 marker changed\n\(Self.fqrn), revision 3\n"
            )
            try await sandbox.succeed("repository", "ingest", Self.fqrn, "/two", "t.tar")
            for path in ["/one", "/two"] {
                #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, path) == "a\nb\n")
            }
            let listed = try await sandbox.shell("\(Sandbox.program) repository export \(Self.fqrn) /two - | tar -t")
            #expect(listed.text == "./\na\nb\n")
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains("hidden"))
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
            try await sandbox.succeed("repository", "rm", Self.fqrn, "/one")
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }

    @Test func aRepositoryIsCreatedWithItsForms() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        let create = [
            "repository", "create", Self.fqrn, "--storage", "srv", "--hard-links", "split", "--markers", "hidden",
        ]
        #expect(try await sandbox.wafer(create).code == 0)
        try await makeArchive(sandbox)
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/one", "t.tar")
        #expect(try await links(sandbox, "/one") == ["1", "1"])
        #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/one") == "a\nb\n")
        let nothing = try await sandbox.wafer("repository", "set", Self.fqrn)
        #expect(nothing.code == 64 && nothing.errors.contains("nothing to set: name --hard-links, --markers or"))
        let unknown = try await sandbox.wafer("repository", "set", Self.fqrn, "--markers", "gone")
        #expect(unknown.code == 64)
    }
}
