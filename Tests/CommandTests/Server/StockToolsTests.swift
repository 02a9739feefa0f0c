import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the stock CVMFS tools say of a repository that Wafer wrote. Skipped where they are not installed: put
/// `cvmfs_swissknife` into the PATH, or name it in `CVMFS_SWISSKNIFE`.
@Suite(.timeLimit(.minutes(5))) struct StockToolsTests {
    private static let fqrn = "cd.cern.ch"

    private static let swissknife = program("cvmfs_swissknife", named: "CVMFS_SWISSKNIFE")

    static func program(_ name: String, named variable: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        return ([environment[variable]].compactMap(\.self) + folders).first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// A repository with every kind of entry, a chunked file, deletions and several revisions.
    private func withRepository(_ body: (Sandbox, _ storage: String) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        let folder = sandbox.path.string
        let root = ProjectFolder.root
        let script = root.appending("Tests/tools/every_kind.py").string
        _ = try await ExternalTool.run("python3", [script, "make", "\(folder)/every-kind.tar"])
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/every/kind", "every-kind.tar")
        try await InMemoryRegistry.with { registry in
            try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
            try await sandbox.succeed(
                "add-desiderata",
                "-i",
                registry.reference("app:1"),
                "-o",
                registry.reference("thin:1"),
                "-r",
                Self.fqrn
            )
        }
        try await body(sandbox, "\(folder)/srv")
    }

    /// Runs the tool; what it prints is shown where it fails.
    private func stock(_ arguments: String...) async throws { try await Self.stock(arguments) }

    /// The same.
    static func stock(_ arguments: [String]) async throws {
        let program = try #require(swissknife)
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        let output = result.standardOutput + result.standardError
        #expect(result.terminationStatus.isSuccess, "cvmfs_swissknife \(arguments[0]): \(output)")
    }

    @Test(.enabled(if: swissknife != nil, "cvmfs_swissknife is not installed"))
    func findNoFault() async throws {
        try await withRepository { sandbox, storage in
            let scratch = sandbox.path.appending("scratch").string
            try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
            try await stock("check", "-r", storage, "-c", "-t", scratch)
            try await stock("scrub", "-r", "\(storage)/data")
        }
    }

    @Test(.enabled(if: swissknife != nil, "cvmfs_swissknife is not installed"))
    func replicateIt() async throws {
        try await withRepository { sandbox, storage in
            let folder = sandbox.path.string
            for name in ["scratch", "replica/data/txn"]
                + (0..<256).map({ "replica/data/" + String($0 + 256, radix: 16).dropFirst() })
            {
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            try await WebServer.serving(storage) { url in
                try await stock(
                    "pull",
                    "-m",
                    Self.fqrn,
                    "-u",
                    url,
                    "-w",
                    url,
                    "-r",
                    "local,\(folder)/replica/data/txn,\(folder)/replica",
                    "-x",
                    "\(folder)/scratch",
                    "-k",
                    "\(folder)/.config/wafer/keys/\(Self.fqrn).pub",
                    "-n",
                    "4",
                    "-t",
                    "5",
                    "-a",
                    "2",
                    "-p"
                )
            }
            let published = try Data(contentsOf: URL(filePath: "\(storage)/.cvmfspublished"))
            #expect(try Data(contentsOf: URL(filePath: "\(folder)/replica/.cvmfspublished")) == published)
            try await stock("scrub", "-r", "\(folder)/replica/data")
        }
    }
}
