import Foundation
import OCI
import TestSupport
import Testing

/// Publishing through a real gateway.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: StockServer.command != nil && StockServer.gatewayRepository != nil, StockServer.gatewayAbsence)
)
struct StockGatewayTests {
    private func attached(_ body: (StockServer) async throws -> Void) async throws {
        try await StockServer.with(repository: try #require(StockServer.gatewayRepository)) { server in
            let text = try await server.succeed("\"$wafer\" init && \"$wafer\" repository attach $FQRN")
            #expect(text.contains("publisher: cvmfs_server, since Wafer itself cannot write it"))
            try await body(server)
        }
    }

    /// A layer that the repository does not have yet.
    private static func layer(_ body: (inout TarBuilder) -> Void) -> InMemoryRegistry.Layer {
        .tar(
            TarBuilder.archive { tar in
                tar.file("etc/id", RawBytes(Array(UUID().uuidString.utf8)))
                body(&tar)
            }
        )
    }

    private static func folder(_ image: Manifest, _ number: Int) -> String {
        let hex = image.layers[number].digest.hex
        return ".layers/\(hex.prefix(2))/\(hex)"
    }

    /// Whiteouts are special files, which a gateway drops where no catalog takes care of them.
    @Test func imageWithWhiteouts() async throws {
        try await attached { server in
            try await InMemoryRegistry.with { registry in
                let layers = [
                    Self.layer { $0.file("etc/motd", "welcome\n") },
                    Self.layer { tar in
                        tar.file("etc/.wh.motd")
                        tar.fifo("run/pipe")
                        tar.file("usr/bin/tool", "#!/bin/sh\n") { ($0.mode, $0.uid, $0.gid) = (0o4755, 1000, 100) }
                    },
                ]
                let image = try registry.addImage("app", tag: "1", layers: layers).manifest
                let (input, output) = (registry.reference("app:1"), registry.reference("thin/app:1"))
                let added = try await server.succeed("\"$wafer\" add-desiderata -i \(input) -o \(output) -r $FQRN")
                // The catalog of all layers is made once in the life of the repository.
                #expect(added.contains(" in 2 transactions: ") || added.contains(" in 3 transactions: "), "\(added)")
                let top = "/var/spool/cvmfs/$FQRN/rdonly/\(Self.folder(image, 1))/layerfs"
                try await server.succeed("test -c \(top)/etc/motd && test -p \(top)/run/pipe")
                try await server.succeed("test $(stat -c %a:%u:%g \(top)/usr/bin/tool) = 4755:1000:100")
                let verified = try await server.succeed("\"$wafer\" verify \(input) --repository $FQRN")
                #expect(verified.contains("is equal to its registry's"), "\(verified)")
                #expect(try await server.succeed("\"$wafer\" convert").contains("up to date"))
                for number in [0, 1] {
                    try await server.succeed("\"$wafer\" repository rm $FQRN \(Self.folder(image, number)) --force")
                }
                try await server.publish("rm -r .metadata/.images/*/*/127.0.0.1:\(registry.port)")
            }
            try await server.succeed("\"$CVMFS\" check $FQRN")
        }
    }

    @Test func treeWithDevices() async throws {
        try await attached { server in
            let tree = "wafer-\(UUID().uuidString.prefix(8).lowercased())"
            try await server.succeed("mkdir -p t/d && echo a > t/d/a && mkfifo t/d/p && mknod t/d/null c 1 3")
            try await server.succeed("tar -cf t.tar -C t . && \"$wafer\" repository ingest $FQRN \(tree) t.tar")
            try await server.succeed("test -c /cvmfs/$FQRN/\(tree)/d/null && test -p /cvmfs/$FQRN/\(tree)/d/p")
            try await server.fail("\"$wafer\" repository rm $FQRN \(tree)/d", saying: "which a gateway leaves behind")
            try await server.succeed("\"$CVMFS\" check $FQRN")
            try await server.succeed("\"$wafer\" repository rm $FQRN \(tree)")
            try await server.succeed("\"$CVMFS\" check $FQRN")
        }
    }

    /// Killed together with the `cvmfs_server` that it ran: the next one gives the lease back.
    @Test func leaveNoLeaseForLong() async throws {
        try await attached { server in
            let tree = "wafer-\(UUID().uuidString.prefix(8).lowercased())"
            try await server.succeed("mkdir t && head -c 200000000 /dev/urandom > t/a && tar -cf t.tar -C t .")
            // Not while the lease is taken: whoever is killed then leaves one that nobody has the token of.
            let script = """
                "$wafer" repository ingest $FQRN \(tree)-killed t.tar 2>out & process=$!
                until grep -q "ingest: Swissknife Ingest: Processing" out; do sleep 0.05; done; sleep 0.3
                \(StockServer.killing)
                """
            try await server.succeed(script)
            try await server.succeed("test -e /var/spool/cvmfs/$FQRN/in_transaction.lock")
            try await server.succeed("\"$wafer\" repository ingest $FQRN \(tree) t.tar")
            try await server.succeed("test ! -e /var/spool/cvmfs/$FQRN/in_transaction.lock")
            try await server.fail("\"$wafer\" repository ls $FQRN \(tree)-killed", saying: "does not exist")
            try await server.succeed("\"$wafer\" repository rm $FQRN \(tree)")
            try await server.succeed("\"$CVMFS\" check $FQRN")
        }
    }
}
