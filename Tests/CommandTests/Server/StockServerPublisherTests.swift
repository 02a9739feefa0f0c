import Foundation
import Testing

/// Publishing through the real `cvmfs_server`.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: StockServer.command != nil, StockServer.absence))
struct StockServerPublisherTests {
    private func attached(_ body: @escaping @Sendable (StockServer) async throws -> Void) async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$CVMFS\" mkfs -p -z -w $URL -o root $FQRN")
            let text = try await server.succeed(
                "\"$wafer\" init && \"$wafer\" repository attach $FQRN --publisher cvmfs_server"
            )
            #expect(text.contains("publisher: cvmfs_server, as you said"))
            try await server.succeed(
                "mkdir t && echo ours > t/a && ln t/a t/b && head -c 9000000 /dev/urandom > t/c && ln -s a t/l && "
                    + "mkdir t/d && touch t/d/.wh.gone && chown 1000:100 t/d && chmod 4711 t/c && mkfifo t/p && tar -cf t.tar -C t ."
            )
            try await body(server)
        }
    }

    @Test func publish() async throws {
        try await attached { server in
            let text = try await server.succeed("\"$wafer\" repository ingest $FQRN /my/tool t.tar")
            #expect(text.contains("my/tool in \(server.fqrn), revision 2: 8 entries"))
            #expect(text.contains("2 hard links as files of their own"))
            try await server.succeed("cmp t/c /cvmfs/$FQRN/my/tool/c && test -u /cvmfs/$FQRN/my/tool/c")
            try await server.succeed("test $(stat -c %u:%g /cvmfs/$FQRN/my/tool/d) = 1000:100")
            try await server.succeed("test -c /var/spool/cvmfs/$FQRN/rdonly/my/tool/d/gone")
            #expect(try await server.succeed("\"$CVMFS\" list-catalogs $FQRN").contains("/my/tool"))
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository ingest $FQRN /my/tool t.tar --replace")
            try await server.publish("echo theirs > theirs && rm my/tool/a")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /again t.tar")
            try await server.expectSound()
            let doctor = try await server.succeed("\"$wafer\" doctor $FQRN")
            #expect(doctor.contains("ok  cvmfs_server: version 2."), "\(doctor)")
        }
    }

    @Test func keepEachOtherOut() async throws {
        try await attached { server in
            try await server.succeed("\"$CVMFS\" transaction $FQRN && echo theirs > /cvmfs/$FQRN/theirs")
            try await server.fail(
                "\"$wafer\" repository ingest $FQRN /ours t.tar --lock-timeout 1",
                saying: "it is not Wafer's to end"
            )
            try await server.succeed("\"$CVMFS\" publish $FQRN && test -e /cvmfs/$FQRN/theirs")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /ours t.tar")
            try await server.expectSound()
        }
    }

    /// Killed together with the `cvmfs_server` that it ran, at several moments.
    @Test func leaveNoTransactionForLong() async throws {
        try await attached { server in
            for moment in ["0.3", "0.9", "1.6", "2.3"] {
                let script = """
                    "$wafer" repository ingest $FQRN /tool-\(moment) t.tar & process=$!; sleep \(moment)
                    \(StockServer.killing)
                    """
                try await server.succeed(script)
                try await server.succeed("\"$wafer\" repository ingest $FQRN /next-\(moment) t.tar")
                try await server.succeed("test ! -e /var/spool/cvmfs/$FQRN/in_transaction.lock")
            }
            try await server.publish("echo theirs > theirs")
            try await server.expectSound()
        }
    }

    @Test func stopWhenAsked() async throws {
        try await attached { server in
            for moment in ["0.5", "1.2", "2"] {
                let script = """
                    "$wafer" repository ingest $FQRN /tool-\(moment) t.tar & process=$!; sleep \(moment)
                    kill -TERM $process; wait $process; test ! -e /var/spool/cvmfs/$FQRN/in_transaction.lock
                    """
                try await server.succeed(script)
            }
            try await server.publish("echo theirs > theirs")
            try await server.expectSound()
        }
    }
}
