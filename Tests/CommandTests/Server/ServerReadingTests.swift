import Foundation
import SystemPackage
import TestSupport
import Testing

/// A repository of `cvmfs_server` whose storage is elsewhere: commands read it where its clients do.
@Suite(.timeLimit(.minutes(5))) struct ServerReadingTests {
    private static let fqrn = "cd.cern.ch"

    @Test func readsAtTheWebServer() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        _ = try await sandbox.shell("mkdir t && echo text > t/file && tar -cf t.tar -C t .")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        let storage = sandbox.path.appending("srv").string
        try await WebServer.serving(storage) { url in
            let server = try await StandInServer(in: sandbox.path, fqrn: Self.fqrn, more: "CVMFS_STRATUM0=\(url)")
            func wafer(_ arguments: String...) async throws -> Sandbox.Outcome {
                try await sandbox.wafer(arguments, environment: ["CVMFS_SERVER": server.program.string])
            }
            let attached = try await wafer(
                "repository",
                "attach",
                Self.fqrn,
                "--config-dir",
                server.configurations.string,
                "--keys",
                ".config/wafer/keys"
            )
            #expect(attached.code == 0, "\(attached.errors)")
            // The stand-in publishes another tree; what is read is the web server's.
            for (arguments, words) in [
                (["ls", Self.fqrn, "/tool"], "file\n"), (["cat", Self.fqrn, "/tool/file"], "text\n"),
                (["info", Self.fqrn], "\nRevision          2\n"), (["check", Self.fqrn], "\(Self.fqrn) is sound: "),
                (["tag", "list", Self.fqrn, "-z"], "trunk,2,"), (["log", Self.fqrn, "-z"], "\n1,"),
                (["list", "-z"], ",cvmfs_server,\n"),
            ] {
                let outcome = try await sandbox.wafer(["repository"] + arguments)
                #expect(
                    outcome.code == 0 && outcome.text.contains(words),
                    "\(arguments): \(outcome.text)\(outcome.errors)"
                )
            }
            let doctor = try await wafer("doctor", Self.fqrn)
            #expect(doctor.code == 0 && doctor.text.contains("ok  whitelist: until 2"), "\(doctor.text)")
            for arguments in [["resign", Self.fqrn], ["rotate-key", Self.fqrn]] {
                let outcome = try await sandbox.wafer(["repository"] + arguments)
                #expect(outcome.code == 1 && outcome.errors.contains("neither S3 nor a gateway"), "\(outcome.errors)")
            }
        }
        let doctor = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(doctor.text.contains("\nwarning  whitelist: http://127.0.0.1:"), "\(doctor.text)")
        let outcome = try await sandbox.wafer("repository", "ls", Self.fqrn, "/tool")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("/.cvmfspublished cannot be read: connection refused"), "\(outcome.errors)")
    }
}
