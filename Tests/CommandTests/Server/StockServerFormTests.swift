import Foundation
import Testing

/// Hard links and markers of ours in repositories that the real `cvmfs_server` changes.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: StockServer.command != nil, StockServer.absence))
struct StockServerFormTests {
    /// A repository of the stock tools, attached with `options`, and an archive with two names of one file.
    private func attached(
        _ options: String = "",
        _ body: @escaping @Sendable (StockServer) async throws -> Void
    ) async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$CVMFS\" mkfs -p -z -w $URL -o root $FQRN")
            try await server.succeed("\"$wafer\" init && \"$wafer\" repository attach $FQRN \(options)")
            try await server.succeed("mkdir t && echo ours > t/a && ln t/a t/b && ln t/a t/c && tar -cf t.tar -C t .")
            try await body(server)
        }
    }

    @Test func splitLinksCanBeChangedAndRemoved() async throws {
        try await attached { server in
            for name in ["one", "two"] {
                try await server.succeed("\"$wafer\" repository ingest $FQRN /\(name) t.tar")
            }
            try await server.publish("echo theirs >> one/a && rm one/b && rm -rf two")
            try await server.succeed("cd /cvmfs/$FQRN && test $(cat one/c) = ours && test ! -e one/b && test ! -e two")
            try await server.expectSound()
        }
    }

    @Test func keptLinksStopThemUntilTheyAreSplit() async throws {
        try await attached("--hard-links keep") { server in
            try await server.succeed("\"$wafer\" repository ingest $FQRN /one t.tar")
            let removal = "\"$CVMFS\" transaction $FQRN && rm -rf /cvmfs/$FQRN/one && \"$CVMFS\" publish $FQRN"
            try await server.fail(removal, saying: "hardlink")
            _ = try await server.run("\"$CVMFS\" abort -f $FQRN")
            try await server.succeed("\"$wafer\" doctor $FQRN | grep '3 names in hard-link groups'")
            try await server.succeed("\"$wafer\" repository set $FQRN --hard-links split")
            try await server.expectSound()
            try await server.publish("rm -rf one")
            try await server.expectSound()
        }
    }

    @Test func hiddenMarkersAreCheckedAndCollected() async throws {
        try await StockServer.with { server in
            try await server.succeed("mkdir t && echo ours > t/a && tar -cf t.tar -C t .")
            try await server.succeed(
                """
                "$wafer" init &&
                "$wafer" repository create $FQRN --storage /srv/cvmfs/$FQRN --keys keys --markers hidden &&
                "$wafer" repository ingest $FQRN /one t.tar && "$wafer" repository ingest $FQRN /two t.tar
                """
            )
            let upstream = "local,/srv/cvmfs/$FQRN/data/txn,/srv/cvmfs/$FQRN"
            try await server.succeed("\"$CVMFS\" import -p -w $URL -o root -u \(upstream) -k $PWD/keys $FQRN")
            try await server.expectSound()
            // Clients do not show them.
            #expect(try await server.succeed("ls -A /cvmfs/$FQRN/one") == "a\n")
            // A publication beside them leaves them as they are.
            try await server.publish("echo theirs > theirs && echo more > one/b")
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository attach $FQRN 2>&1 | grep '2 markers of catalogs hidden'")
            try await server.succeed("\"$wafer\" repository rm $FQRN /two")
            try await server.succeed(
                "sed -i s/^CVMFS_GARBAGE_COLLECTION=.*/CVMFS_GARBAGE_COLLECTION=true/ "
                    + "/etc/cvmfs/repositories.d/$FQRN/server.conf"
            )
            try await server.publish("echo other > theirs")
            try await server.succeed("\"$CVMFS\" gc -f -r0 $FQRN")
            try await server.expectSound()
            // Their removal of a directory would leave the row of its hidden marker behind.
            try await server.succeed("\"$wafer\" repository set $FQRN --markers visible")
            try await server.publish("rm -rf one")
            try await server.expectSound()
            try await server.succeed("rm -rf /srv/cvmfs/$FQRN.wafer")
        }
    }
}
