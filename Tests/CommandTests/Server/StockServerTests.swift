import Foundation
import Testing

/// Publishing in turn with the real `cvmfs_server`, on repositories that it made and on one that we made.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: StockServer.command != nil, StockServer.absence))
struct StockServerTests {
    private let ls = "\"$wafer\" repository ls $FQRN / -R | grep -v cvmfscatalog | tr '\\n' ' '"

    private func attached(_ body: @escaping @Sendable (StockServer) async throws -> Void) async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$CVMFS\" mkfs -p -z -w $URL -o root $FQRN")
            try await server.succeed("\"$wafer\" init && \"$wafer\" repository attach $FQRN")
            try await server.succeed(
                "mkdir t && echo ours > t/a && head -c 9000000 /dev/urandom > t/b && tar -cf t.tar -C t ."
            )
            try await body(server)
        }
    }

    @Test func publishInTurn() async throws {
        try await attached { server in
            // What the overlay remembers of this name must not outlive the revision.
            try await server.fail("ls /cvmfs/$FQRN/ours", saying: "No such file")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /ours t.tar")
            try await server.succeed("cmp t/b /cvmfs/$FQRN/ours/b")
            try await server.expectSound()
            try await server.publish("echo theirs > theirs && rm ours/a && mkdir ours/d && cp ours/b ours/d/c")
            #expect(try await server.succeed(ls).contains("ours/b ours/d ours/d/c theirs"))
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository rm $FQRN /ours/b")
            try await server.succeed("\"$CVMFS\" ingest -t $PWD/t.tar -b stock $FQRN")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /again t.tar")
            try await server.publish("test ! -e ours/b && rm -r stock")
            try await server.expectSound()
            // A second revision of the same second is generic_1-….
            #expect(try await server.succeed("\"$CVMFS\" tag -l $FQRN").split(separator: "generic").count > 6)
        }
    }

    @Test func keepEachOtherOut() async throws {
        try await attached { server in
            try await server.succeed("\"$CVMFS\" transaction $FQRN")
            try await server.fail(
                "\"$wafer\" repository ingest $FQRN /ours t.tar --lock-timeout 1",
                saying: "transaction open"
            )
            try await server.succeed("\"$CVMFS\" abort -f $FQRN")
            // An ingestion that waits for its archive only keeps garbage from being collected.
            let script = """
                mkfifo pipe; "$wafer" repository ingest $FQRN /ours pipe & exec 7>pipe; sleep 1
                "$CVMFS" gc -f -r0 $FQRN 7>&- && exit 9
                { "$CVMFS" transaction $FQRN && echo theirs > /cvmfs/$FQRN/theirs && "$CVMFS" publish $FQRN; } 7>&- || exit 8
                cat t.tar >&7; exec 7>&-; wait $!
                """
            let text = try await server.succeed(script)
            #expect(text.contains("Failed to acquire gc lock"))
            #expect(try await server.succeed(ls).contains("ours/a ours/b theirs"))
            try await server.expectSound()
            // The flag of a publication of ours: what it keeps out.
            try await server.succeed("echo -n 'wafer process 1 (x)' > /var/spool/cvmfs/$FQRN/in_transaction.lock")
            try await server.fail("\"$CVMFS\" transaction $FQRN", saying: "is in a transaction")
            try await server.fail("\"$CVMFS\" tag -r trunk -f $FQRN", saying: "transaction")
            try await server.succeed("\"$wafer\" repository rm $FQRN /ours/a")
            try await server.publish("echo more > more")
        }
    }

    @Test func collectGarbageAndGoBack() async throws {
        try await attached { server in
            try await server.succeed("\"$wafer\" repository ingest $FQRN /ours t.tar")
            try await server.succeed("\"$CVMFS\" tag -a before -m text $FQRN")
            try await server.succeed("\"$wafer\" repository rm $FQRN /ours/b")
            try await server.succeed("\"$CVMFS\" rollback -f -t before $FQRN")
            try await server.succeed("cmp t/b /cvmfs/$FQRN/ours/b")
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository tag add $FQRN again")
            try await server.succeed("\"$wafer\" repository rm $FQRN /ours/b")
            try await server.fail("ls /cvmfs/$FQRN/ours/b", saying: "No such file")
            try await server.succeed("\"$wafer\" repository rollback $FQRN again --force")
            try await server.succeed("cmp t/b /cvmfs/$FQRN/ours/b")
            try await server.expectSound()
            let tags = "\"$CVMFS\" tag -l -x $FQRN | cut -d' ' -f1 | grep -v ^trunk"
            try await server.succeed(
                "for t in $(\(tags)); do \"$wafer\" repository tag remove $FQRN $t || exit 1; done"
            )
            try await server.succeed("\"$CVMFS\" gc -f -r0 -l $FQRN")
            try await server.expectSound()
            // What was collected is stored again.
            try await server.succeed("\"$wafer\" repository ingest $FQRN /again t.tar")
            try await server.succeed("cmp t/b /cvmfs/$FQRN/again/b")
            try await server.expectSound()
            try await server.publish("echo theirs > theirs")
            try await server.succeed("\"$CVMFS\" gc -f -r0 $FQRN")
            try await server.expectSound()
        }
    }

    @Test func loseNothingInACrash() async throws {
        try await attached { server in
            let script = """
                mkfifo pipe; "$wafer" repository ingest $FQRN /ours pipe & process=$!; exec 7>pipe
                head -c 9500000 t.tar >&7; sleep 1; kill -9 $process; exec 7>&-; wait; true
                """
            try await server.succeed(script)
            // It stores the same object as the process that died.
            try await server.publish("cp \(server.sandbox.path)/t/a theirs")
            try await server.succeed("\"$wafer\" repository tag add $FQRN v1")
            try await server.succeed("grep -q ours /cvmfs/$FQRN/theirs")
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository ingest $FQRN /ours t.tar")
            try await server.expectSound()
        }
    }

    @Test func takeOverWhatWeMade() async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$wafer\" init && mkdir t && echo ours > t/a && tar -cf t.tar -C t .")
            try await server.succeed("\"$wafer\" repository create $FQRN --storage /srv/cvmfs/$FQRN --keys keys")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /ours t.tar")
            let upstream = "local,/srv/cvmfs/$FQRN/data/txn,/srv/cvmfs/$FQRN"
            try await server.succeed("\"$CVMFS\" import -p -w $URL -o root -u \(upstream) -k $PWD/keys $FQRN")
            try await server.succeed("\"$wafer\" repository attach $FQRN")
            try await server.publish("echo theirs > theirs")
            // The server's import writes "no garbage collection" into its configuration, and that into the manifest.
            try await server.succeed(
                "sed -i s/^CVMFS_GARBAGE_COLLECTION=.*/CVMFS_GARBAGE_COLLECTION=true/ \(configuration)"
            )
            try await server.succeed("\"$wafer\" repository ingest $FQRN /again t.tar")
            try await server.expectSound()
            try await server.succeed("\"$CVMFS\" gc -f -r0 $FQRN")
            try await server.publish("test -e again/a && rm -r again")
            try await server.expectSound()
            try await server.succeed("rm -rf /srv/cvmfs/$FQRN.wafer")
        }
    }

    private let configuration = "/etc/cvmfs/repositories.d/$FQRN/server.conf"
}
