import Plumbing
import TestSupport
import Testing

/// The quota of a repository, by its commands.
@Suite(.timeLimit(.minutes(5))) struct QuotaCommandTests {
    private static let fqrn = "cd.cern.ch"

    @Test func itIsSetShownAndKept() async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, app in
            let set = try await sandbox.succeed("repository", "set", Self.fqrn, "--quota", "10K")
            #expect(set.hasPrefix("quota: 10.2 kB; it takes "), "\(set)")
            let info = try await sandbox.succeed("repository", "info", Self.fqrn, "--format", "json")
            let facts = try #require(try JSONValue(parsing: Array(info.utf8)).object)
            #expect(facts["quota"] == .integer(10_240) && facts["used_bytes"] != .null)
            let full = try await sandbox.wafer("convert-image", app, Self.fqrn)
            #expect(full.code == 3 && full.errors.contains("`wafer repository set cd.cern.ch --quota BYTES`"))
            #expect(full.errors.contains("may take 10.2 kB by its quota"), "\(full.errors)")
            try await sandbox.succeed("repository", "set", Self.fqrn, "--modes", "exact")
            #expect(try await sandbox.wafer("convert-image", app, Self.fqrn).code == 3)
            #expect(try await sandbox.succeed("repository", "set", Self.fqrn, "--quota", "none") == "quota: none\n")
            try await sandbox.succeed("convert-image", app, Self.fqrn)
            let wrong = try await sandbox.wafer("repository", "set", Self.fqrn, "--quota", "lots")
            #expect(wrong.code == 64 && wrong.errors.contains("such as 500GB, or none"))
        }
    }

    @Test func itIsGivenFromTheBeginning() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv", "--quota", "2TB")
        #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains("2.0 TB"))
    }
}
