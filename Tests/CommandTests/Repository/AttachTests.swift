import Foundation
import SystemPackage
import TestSupport
import Testing

/// A repository beside `cvmfs_server`, with the files which that would keep of it.
@Suite struct AttachTests {
    private static let fqrn = "cd.cern.ch"

    /// A repository in `srv`, its configuration in `etc`, its spool folder in `spool`.
    private func sandbox(_ more: String = "") async throws -> Sandbox {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv", "--keys", "keys")
        let folder = sandbox.path
        for name in ["etc/\(Self.fqrn)", "spool"] {
            let path = folder.appending(name).string
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        let text = """
            CVMFS_CREATOR_VERSION=143
            CVMFS_REPOSITORY_NAME=\(Self.fqrn)
            CVMFS_REPOSITORY_TYPE=stratum0
            CVMFS_USER=\(NSUserName())
            CVMFS_SPOOL_DIR=\(folder)/spool
            CVMFS_STRATUM0=http://127.0.0.1:9/cvmfs/\(Self.fqrn)
            CVMFS_UPSTREAM_STORAGE=local,\(folder)/srv/data/txn,\(folder)/srv
            CVMFS_AUTO_TAG=true
            CVMFS_GARBAGE_COLLECTION=true
            \(more)

            """
        try write(sandbox, "etc/\(Self.fqrn)/server.conf", text)
        return sandbox
    }

    private func write(_ sandbox: Sandbox, _ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: sandbox.path.appending(name).string))
    }

    private func attach(_ sandbox: Sandbox) async throws -> Sandbox.Outcome {
        try await sandbox.wafer("repository", "attach", Self.fqrn, "--config-dir", "etc", "--keys", "keys")
    }

    @Test func publishesTheManagedWay() async throws {
        let sandbox = try await sandbox()
        // What this repository was registered as before is replaced.
        let attached = try await attach(sandbox)
        #expect(attached.code == 0, "\(attached.errors)")
        #expect(attached.text.hasPrefix("attached \(Self.fqrn), revision 1, managed by cvmfs_server ("))
        let info = try await sandbox.succeed("repository", "info", Self.fqrn, "--format", "json")
        #expect(info.contains("\"server_config\" : \"\(sandbox.path)/etc/\(Self.fqrn)/server.conf\""))
        _ = try await sandbox.shell("mkdir t && echo a > t/a && echo b > t/b && tar -cf t.tar -C t .")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/layer", "t.tar")
        try await sandbox.succeed("repository", "rm", Self.fqrn, "/layer/a")
        try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "v1")
        try await sandbox.succeed("repository", "rollback", Self.fqrn, "trunk-previous", "--force")
        #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/layer").hasSuffix("a\nb\n"))
        let tags = try await sandbox.succeed("repository", "tag", "list", Self.fqrn)
        #expect(tags.contains("generic-20"))
        let sum = try await sandbox.shell("sha1sum < srv/.cvmfsreflog | cut -c1-40; cat spool/client.local")
        let checksum = try String(contentsOfFile: sandbox.path.appending("spool/reflog.chksum").string, encoding: .utf8)
        #expect(sum.text.hasPrefix("\(checksum)\nCVMFS_ROOT_HASH="))
        #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        let faults = try await RepositoryChecker.faults(
            in: sandbox.path.appending("srv"),
            fqrn: Self.fqrn,
            keys: sandbox.path.appending("keys")
        )
        #expect(faults == [])
    }

    @Test func tellsOfWhatTheServerCannotWorkOnAndMendsIt() async throws {
        let sandbox = try await sandbox()
        _ = try await sandbox.shell("mkdir t && echo a > t/a && ln t/a t/b && tar -cf t.tar -C t .")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/old", "t.tar")
        try await sandbox.succeed("repository", "set", Self.fqrn, "--markers", "hidden")
        let attached = try await attach(sandbox)
        #expect(
            attached.code == 0 && attached.errors.contains("2 names in hard-link groups: cvmfs_server publish panics")
        )
        #expect(attached.errors.contains("1 marker of catalogs hidden"))
        let doctor = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(doctor.text.contains("`wafer repository set \(Self.fqrn) --hard-links split`"))
        #expect(doctor.text.contains("`wafer repository set \(Self.fqrn) --markers visible`"))

        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/new", "t.tar")
        let hidden = try await sandbox.wafer("repository", "set", Self.fqrn, "--markers", "hidden")
        #expect(hidden.code == 1 && hidden.errors.contains("markers stay visible there"))
        let set = ["repository", "set", Self.fqrn, "--hard-links", "split", "--markers", "visible"]
        #expect(
            try await sandbox.wafer(set).text
                == "hard links: split, 2 names split\nmarkers: visible, 1 marker changed\n\(Self.fqrn), revision 5\n"
        )
        let mended = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(
            mended.text.contains("ok  hard links: there are none")
                && mended.text.contains("ok  markers: none is hidden")
        )
    }

    @Test func followsTheConfigurationAsItIsNow() async throws {
        let sandbox = try await sandbox()
        #expect(try await attach(sandbox).code == 0)
        let file = "etc/\(Self.fqrn)/server.conf"
        _ = try await sandbox.shell("echo CVMFS_UPSTREAM_STORAGE=local,/x,/elsewhere >> \(file)")
        let moved = try await sandbox.wafer("repository", "ls", Self.fqrn, "/")
        #expect(moved.code == 1 && moved.errors.contains("`wafer repository attach \(Self.fqrn)` again"))
        _ = try await sandbox.shell("echo 'X=$(touch evil)' >> \(file)")
        let hostile = try await sandbox.wafer("repository", "ls", Self.fqrn, "/")
        #expect(hostile.code == 1 && hostile.errors.contains("server.conf, line "))
        #expect(!FileManager.default.fileExists(atPath: sandbox.path.appending("evil").string))
        try FileManager.default.removeItem(atPath: sandbox.path.appending(file).string)
        let gone = try await sandbox.wafer("repository", "ls", Self.fqrn, "/")
        #expect(gone.code == 1 && gone.errors.contains("cvmfs_server manages no repository"))
    }

    @Test func refusesWhatIsNotLocalAndWhatIsNotThere() async throws {
        let sandbox = try await sandbox("CVMFS_UPSTREAM_STORAGE=S3,/tmp,cd@/etc/cvmfs/s3.conf")
        let attach = ["repository", "attach", Self.fqrn, "--config-dir", "etc", "--keys", "keys"]
        let remote = try await sandbox.wafer(attach + ["--publisher", "native"])
        #expect(remote.code == 1 && remote.errors.contains("neither S3 nor a gateway"))
        // Then it has to be cvmfs_server, which nobody installed here.
        let absentServer = try await sandbox.wafer(attach, environment: ["CVMFS_SERVER": "no-such-cvmfs_server"])
        #expect(absentServer.code == 1 && absentServer.errors.contains("no-such-cvmfs_server is not installed here"))
        let absent = try await sandbox.wafer("repository", "attach", "no.cern.ch", "--config-dir", "etc")
        #expect(absent.code == 1 && absent.errors.contains("cvmfs_server manages no repository no.cern.ch"))
        let other = try await self.sandbox("CVMFS_USER=no-such-user-here")
        let owner = try await self.attach(other)
        #expect(owner.code == 1 && owner.errors.contains("is no user here"))
    }

    @Test func waitsForTheServersTransaction() async throws {
        let sandbox = try await sandbox()
        #expect(try await attach(sandbox).code == 0)
        _ = try await sandbox.shell("echo a > a && tar -cf t.tar a")
        try write(sandbox, "spool/in_transaction.lock", "")
        let refused = try await sandbox.wafer("repository", "ingest", Self.fqrn, "/l", "t.tar", "--lock-timeout", "0")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("`cvmfs_server abort \(Self.fqrn)` ends it"))
        #expect(FileManager.default.fileExists(atPath: sandbox.path.appending("spool/in_transaction.lock").string))
        try FileManager.default.removeItem(atPath: sandbox.path.appending("spool/in_transaction.lock").string)
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/l", "t.tar")
    }

    @Test func tagsEachRevisionOfOtherRepositoriesWhereWanted() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        let create = ["repository", "create", Self.fqrn, "--storage", "srv", "--auto-tag-timespan"]
        #expect(try await sandbox.wafer(create + ["3 weeks ago"]).code == 64)
        #expect(try await sandbox.wafer(create + ["soon", "--auto-tag"]).code == 64)
        #expect(try await sandbox.wafer(create + ["3 weeks ago", "--auto-tag"]).code == 0)
        _ = try await sandbox.shell("echo a > a && tar -cf t.tar a")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/l", "t.tar")
        #expect(try await sandbox.succeed("repository", "tag", "list", Self.fqrn).contains("generic-20"))
    }
}
