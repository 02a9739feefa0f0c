import Foundation
import SystemPackage
import TestSupport
import Testing

/// Garbage collection against that of the stock tools: on the same repository, on a replica of theirs, and at the same time.
@Suite(.timeLimit(.minutes(10))) struct StockCollectionTests {
    private static let fqrn = "wafer-\(UUID().uuidString.prefix(8).lowercased()).example.org"
    private static let swissknife = StockToolsTests.program("cvmfs_swissknife", named: "CVMFS_SWISSKNIFE")

    /// A sandbox with a repository of several revisions, of which what the first had is garbage for the most part.
    private func withGarbage(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        let made = try await sandbox.shell(
            """
            set -e
            for round in 1 2 3 4 5; do
                rm -rf tree && mkdir -p tree/stays tree/part
                for file in 1 2 3 4 5 6 7 8; do
                    echo "the same $file" > tree/stays/$file
                    echo "round $round file $file" > tree/part/$file
                done
                head -c 9000000 /dev/urandom > tree/part/large
                tar -C tree -cf tree.tar .
                "$wafer" repository ingest \(Self.fqrn) /tree tree.tar --replace
                if test $round = 2; then "$wafer" repository tag add \(Self.fqrn) second; fi
            done
            """
        )
        try #require(made.code == 0, "\(made.errors)")
        try await body(sandbox)
    }

    /// The paths of the objects in a storage.
    private func objects(_ storage: String) throws -> Set<String> {
        let all = try #require(FileManager.default.enumerator(atPath: "\(storage)/data"))
        return Set(all.compactMap { $0 as? String }.filter { $0.split(separator: "/").last?.count ?? 0 >= 38 })
    }

    private func folders(_ storage: String) throws {
        for name in ["txn"] + (0..<256).map({ String(String($0 + 256, radix: 16).dropFirst()) }) {
            try FileManager.default.createDirectory(
                atPath: "\(storage)/data/\(name)",
                withIntermediateDirectories: true
            )
        }
    }

    @Test(
        "both keep the same objects of the same repository",
        .enabled(if: swissknife != nil, "cvmfs_swissknife is not installed")
    )
    func sameObjects() async throws {
        try await withGarbage { sandbox in
            let folder = sandbox.path.string
            let copied = try await sandbox.shell(
                """
                cp -a srv copy && mkdir scratch && sed -n 's/^Y//p' copy/.cvmfspublished > reflog.chksum
                mkdir -p copy/data/txn
                """
            )
            try #require(copied.code == 0, "\(copied.errors)")
            let before = try objects("\(folder)/srv")
            try await sandbox.succeed("repository", "gc", Self.fqrn, "--keep-revisions", "2", "--keep", "0s")
            // Where the tool counts what it does.
            let spool = "/var/spool/cvmfs/\(Self.fqrn)"
            let isNew = !FileManager.default.fileExists(atPath: spool)
            try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
            defer { if isNew { try? FileManager.default.removeItem(atPath: spool) } }
            try await WebServer.serving("\(folder)/copy") { url in
                try await StockToolsTests.stock([
                    "gc", "-r", url, "-u", "local,\(folder)/copy/data/txn,\(folder)/copy", "-n", Self.fqrn,
                    "-R", "\(folder)/reflog.chksum", "-h", "1", "-t", "\(folder)/scratch",
                    "-k", "\(folder)/.config/wafer/keys/\(Self.fqrn).pub",
                ])
            }
            let (ours, theirs) = (try objects("\(folder)/srv"), try objects("\(folder)/copy"))
            #expect(ours == theirs, "ours only: \(ours.subtracting(theirs)), theirs only: \(theirs.subtracting(ours))")
            #expect(before.count > ours.count)
        }
    }

    @Test(
        "a replica by the stock tools is complete before a collection and after it",
        .enabled(if: swissknife != nil, "cvmfs_swissknife is not installed")
    )
    func replica() async throws {
        try await withGarbage { sandbox in
            let folder = sandbox.path.string
            try FileManager.default.createDirectory(atPath: "\(folder)/scratch", withIntermediateDirectories: true)
            func pull(_ replica: String) async throws {
                try folders("\(folder)/\(replica)")
                try await WebServer.serving("\(folder)/srv") { url in
                    try await StockToolsTests.stock([
                        "pull", "-m", Self.fqrn, "-u", url, "-w", url,
                        "-r", "local,\(folder)/\(replica)/data/txn,\(folder)/\(replica)", "-x", "\(folder)/scratch",
                        "-k", "\(folder)/.config/wafer/keys/\(Self.fqrn).pub", "-n", "4", "-t", "5", "-a", "2", "-p",
                    ])
                }
                let published = try Data(contentsOf: URL(filePath: "\(folder)/srv/.cvmfspublished"))
                #expect(try Data(contentsOf: URL(filePath: "\(folder)/\(replica)/.cvmfspublished")) == published)
                try await StockToolsTests.stock(["scrub", "-r", "\(folder)/\(replica)/data"])
            }
            try await pull("old")
            let before = try objects("\(folder)/old")
            try await sandbox.succeed("repository", "gc", Self.fqrn, "--keep-revisions", "1", "--keep", "0s")
            // One that was there goes on, and a new one gets everything that the revision and the tags name.
            try await pull("old")
            try await pull("new")
            let (kept, after) = (try objects("\(folder)/srv"), try objects("\(folder)/new"))
            // The replica does not copy former tag databases.
            #expect(after.isSubset(of: kept) && kept.subtracting(after).allSatisfy { $0.hasSuffix("H") })
            #expect(after.isSubset(of: before.union(kept)))
            #expect(try objects("\(folder)/old").isSuperset(of: after))
        }
    }
}

/// Collections of both at the same time, of a repository that both publish.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: StockServer.command != nil, StockServer.absence))
struct StockServerCollectionTests {
    @Test(
        "collections of both keep out of each other's way, beside publications of both, and nothing that is needed goes"
    )
    func beside() async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$CVMFS\" mkfs -p -z -w $URL -o root $FQRN")
            try await server.succeed("\"$wafer\" init && \"$wafer\" repository attach $FQRN")
            try await server.succeed(
                """
                for round in 1 2 3 4; do
                    rm -rf t && mkdir t && echo same > t/same && head -c 3000000 /dev/urandom > t/$round && tar -cf t.tar -C t .
                    "$wafer" repository ingest $FQRN /tree t.tar --replace || exit 9
                done
                """
            )
            // Whoever comes second may be refused, and says so; nobody may remove what the other keeps.
            let text = try await server.succeed(
                """
                ("$CVMFS" gc -f -r0 $FQRN > theirs 2>&1; echo "theirs $?" >> theirs) &
                ("$wafer" repository gc $FQRN --keep-revisions 1 --keep 0s > ours 2>&1; echo "ours $?" >> ours) &
                ("$wafer" repository ingest $FQRN /again t.tar > more 2>&1; echo "more $?" >> more) &
                wait; cat theirs ours more
                """
            )
            #expect(text.contains("ours 0") || text.contains("theirs 0"), "\(text)")
            #expect(text.contains("more 0"), "\(text)")
            try await server.expectSound()
            try await server.succeed(
                "\"$wafer\" repository gc $FQRN --keep-revisions 1 --keep 0s && \"$CVMFS\" gc -f -r0 $FQRN"
            )
            try await server.expectSound()
        }
    }
}
