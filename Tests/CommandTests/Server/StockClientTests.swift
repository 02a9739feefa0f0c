import Foundation
import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the stock client mounts of a repository that Wafer wrote. Skipped where it is not installed: put `cvmfs2` into
/// the PATH, or name it in `CVMFS2`; it needs root and /dev/fuse.
@Suite(.timeLimit(.minutes(5))) struct StockClientTests {
    private static let fqrn = "cd.cern.ch"
    private static let client = StockToolsTests.program("cvmfs2", named: "CVMFS2")
    private static let canMount = client != nil && geteuid() == 0 && access("/dev/fuse", W_OK) == 0

    private func python(_ arguments: String...) async throws -> [String] {
        let root = ProjectFolder.root
        let tool = root.appending("Tests/tools/every_kind.py").string
        return String(decoding: try await ExternalTool.run("python3", [tool] + arguments), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    /// The archive, extracted, is the measure.
    @Test(.enabled(if: canMount, "cvmfs2 is not installed, or there is no root or /dev/fuse"))
    func aMountShowsWhatTheArchiveHeld() async throws {
        let sandbox = try Sandbox()
        let folder = sandbox.path.string
        _ = try await python("make", "\(folder)/every-kind.tar")
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/every/kind", "every-kind.tar")
        let extraction = try await sandbox.shell(
            "mkdir reference mount && tar -xp --xattrs --xattrs-include='*' --numeric-owner -C reference -f every-kind.tar"
        )
        #expect(extraction.code == 0, "\(extraction.errors)")
        try await WebServer.serving("\(folder)/srv") { url in
            try await mounted(url, in: sandbox) {
                let found = try await python("tree", "\(folder)/mount/every/kind")
                    .filter { !$0.contains(".cvmfscatalog") }.map(comparable)
                #expect(found == (try await python("tree", "\(folder)/reference").map(comparable)))
                #expect(found.count > 20)
            }
        }
    }

    /// A line without what the two differ in: tar gives directories that the archive does not name the time of the
    /// extraction, and others one too when it links into them later; a link to another directory's file is a file of its
    /// own in a repository.
    private func comparable(_ line: String) -> String {
        if line.hasPrefix("'elsewhere' ") { return line.replacing(" bin/su ", with: " elsewhere ") }
        return line.contains(" 0o40") ? line.replacing(/\ [0-9]+  0/, with: " ") : line
    }

    private func mounted(_ url: String, in sandbox: Sandbox, _ body: () async throws -> Void) async throws {
        let folder = sandbox.path.string
        let configuration = """
            CVMFS_SERVER_URL=\(url)
            CVMFS_PUBLIC_KEY=\(folder)/.config/wafer/keys/\(Self.fqrn).pub
            CVMFS_HTTP_PROXY=DIRECT
            CVMFS_CACHE_BASE=\(folder)/cache
            CVMFS_RELOAD_SOCKETS=\(folder)/run
            CVMFS_SHARED_CACHE=no
            CVMFS_CLAIM_OWNERSHIP=no
            CVMFS_CHECK_PERMISSIONS=yes
            CVMFS_SUID=yes
            CVMFS_USE_GEOAPI=no
            CVMFS_HIDE_MAGIC_XATTRS=yes
            CVMFS_USYSLOG=\(folder)/client.log
            CVMFS_TIMEOUT_DIRECT=5
            CVMFS_MAX_RETRIES=1

            """
        for name in ["cache", "run"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        try configuration.write(toFile: "\(folder)/client.conf", atomically: true, encoding: .utf8)
        let client = try #require(Self.client)
        // The client stays in the background: it must not hold a pipe of the test.
        let mounting = try await sandbox.shell(
            "'\(client)' -o config=$PWD/client.conf,allow_other,noatime \(Self.fqrn) $PWD/mount >client.out 2>&1 </dev/null"
        )
        #expect(mounting.code == 0, "see \(folder)/client.log")
        do {
            try await body()
        } catch {
            try await ExternalTool.run("umount", ["--lazy", "\(folder)/mount"])
            throw error
        }
        try await ExternalTool.run("umount", ["--lazy", "\(folder)/mount"])
    }
}
