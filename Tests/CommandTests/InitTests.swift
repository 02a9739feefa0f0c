import Foundation
import SystemPackage
import Testing

@Suite struct InitTests {
    @Test func namesThatDriveATerminalAreShownEscaped() async throws {
        let sandbox = try Sandbox()
        let name = "a\u{1B}[31m\u{9B}\u{202E}.sqlite"
        let outcome = try await sandbox.wafer("--database", name, "init")
        #expect(outcome.code == 0 && outcome.text.contains(#"a\x1b[31m\xc2\x9b\xe2\x80\xae.sqlite"#), "\(outcome.text)")
    }

    let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox()
    }

    private var database: String { sandbox.path.appending("docker2cvmfs_archive.sqlite").string }

    @Test func makesTheDatabaseInTheCurrentFolderAndSaysHowManyMigrations() async throws {
        #expect(try await sandbox.succeed("init").hasPrefix("made 15 migrations: docker2cvmfs_archive.sqlite is new"))
        #expect(FileManager.default.fileExists(atPath: database))
        #expect(try await sandbox.succeed("migrate-database").hasPrefix("made 0 migrations"))
    }

    @Test func takesAnotherPlaceFromTheOptionOrTheEnvironment() async throws {
        try await sandbox.succeed("init", "--database", "one.sqlite")
        let other = try await sandbox.wafer("init", environment: ["WAFER_DATABASE": "two.sqlite"])
        #expect(other.code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.path.string)
        #expect(names.filter { $0.hasSuffix(".sqlite") }.sorted() == ["one.sqlite", "two.sqlite"])
        // Before the command, too: the option belongs to the program.
        #expect(try await sandbox.succeed("--database", "one.sqlite", "list-users", "-z") == "user,registry\n")
    }

    @Test func saysToRunItWhereThereIsNoDatabase() async throws {
        let outcome = try await sandbox.wafer("list-users")
        #expect(outcome.code == 1)
        #expect(outcome.text == "")
        #expect(
            outcome.errors == "wafer: error: no database here (docker2cvmfs_archive.sqlite): run `wafer init`\n"
        )
    }

    @Test func takesOverTheOriginalAndShowsTheDocumentsTable() async throws {
        try await OriginalDatabase.write(to: sandbox.path.appending("docker2cvmfs_archive.sqlite"))
        #expect(try await sandbox.wafer("list-users").errors.contains("run `wafer init` to take it over"))
        #expect(try await sandbox.succeed("init").contains("was taken over from the original program"))
        #expect(try await sandbox.succeed("list-desideratas") == Samples.desideratas)
        #expect(
            try await sandbox.succeed("list-desideratas", "-z") == """
                id,input_image_id,input_image_name,cvmfs_repo,output_image_id,output_image_name
                1,1,https://registry.hub.docker.com/library/redis:4,cd.cern.ch,2,\
                https://gitlab-registry.cern.ch/smosciat/containerd/thin/redis:4

                """
        )
        #expect(try await sandbox.succeed("status").contains("never converted"))
    }
}
