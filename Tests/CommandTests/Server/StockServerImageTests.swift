import Foundation
import OCI
import TestSupport
import Testing

/// Whole images, and edits of a repository, through the real `cvmfs_server`, from a real registry.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: StockServer.command != nil, StockServer.absence))
struct StockServerImageTests {
    /// What a layer of an image may hold: names of one file, owners, permissions, a link, a device, attributes.
    private static let base = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.directory("etc/")
            tar.file("etc/motd", "welcome\n")
            tar.directory("home/user/") { ($0.uid, $0.gid, $0.mode) = (1000, 100, 0o700) }
            tar.file("home/user/file", "mine\n") { ($0.uid, $0.gid) = (1000, 100) }
            tar.file("usr/bin/tool", "#!/bin/sh\n") { $0.mode = 0o4755 }
            tar.hardLink("usr/bin/other", to: "usr/bin/tool")
            tar.hardLink("bin/tool", to: "usr/bin/tool")
            tar.symlink("etc/link", to: "../usr/bin/tool")
            tar.fifo("run/pipe")
            tar.pax(["mtime": "-100.5"])
            tar.file("etc/before", "1970\n")
            tar.file("var/cache/old/1", "old\n")
        }
    )
    private static let upper = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file("etc/.wh.motd")
            tar.file("var/cache/old/.wh..wh..opq")
            tar.file("var/cache/old/2", "new\n")
        }
    )
    private static let top = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.pax(["SCHILY.xattr.user.note": "x"])
            tar.file("opt/app", RawBytes(Array(repeating: 7, count: 3_000_000)))
        }
    )

    private func attached(
        configuration: String = "",
        _ body: @escaping @Sendable (StockServer) async throws -> Void
    ) async throws {
        try await StockServer.with { server in
            try await server.succeed("\"$CVMFS\" mkfs -p -z -w $URL -o root $FQRN")
            let file = "/etc/cvmfs/repositories.d/$FQRN/server.conf"
            try await server.succeed("printf '\(configuration)' >> \(file)")
            try await server.succeed(
                "\"$wafer\" init && \"$wafer\" repository attach $FQRN --publisher cvmfs_server"
            )
            try await body(server)
        }
    }

    /// An image of these layers in a real registry, desired and not converted.
    private func desired(
        _ layers: [InMemoryRegistry.Layer],
        _ body: @escaping @Sendable (StockServer, RealRegistry, Manifest) async throws -> Void
    ) async throws {
        try await attached { server in
            try await RealRegistry.with { registry in
                let name = "docker://\(registry.host)/app:1"
                try await InMemoryRegistry.with { source in
                    try source.addImage("app", tag: "1", layers: layers, mediaType: .ociManifest)
                    let options = ["copy", "--src-tls-verify=false", "--dest-tls-verify=false"]
                    try await ExternalTool.run("skopeo", options + ["docker://\(source.host)/app:1", name])
                }
                // It compresses the layers.
                let bytes = try await ExternalTool.run("skopeo", ["inspect", "--tls-verify=false", "--raw", name])
                guard case .image(let image) = try RawManifest(bytes: bytes).decoded else {
                    throw CocoaError(.fileReadCorruptFile)
                }
                let (input, output) = (registry.reference("app:1"), registry.reference("thin/app:1"))
                try await server.succeed("\"$wafer\" add-desiderata --no-convert -i \(input) -o \(output) -r $FQRN")
                try await body(server, registry, image)
            }
        }
    }

    private static func layer(_ image: Manifest, _ number: Int) -> String {
        let hex = image.layers[number].digest.hex
        return "/var/spool/cvmfs/$FQRN/rdonly/.layers/\(hex.prefix(2))/\(hex)/layerfs"
    }

    @Test func anImageIsTwoTransactions() async throws {
        try await desired([Self.base, Self.upper, Self.top]) { server, registry, image in
            let text = try await server.succeed("\"$wafer\" convert")
            #expect(text.contains("converted, revision 3 in 2 transactions: 3 layers new"), "\(text)")
            for loss in [
                ": 1 entry with its time in whole seconds, 3 hard links as files of their own",
                ": 1 file without extended attributes",
                ": 1 directory no longer hides what lower layers have in it",
            ] {
                #expect(text.contains("not all of it is stored\(loss)"), "\(loss): \(text)")
            }
            // One is mkfs, and each transaction has its tag.
            let tags = try await server.succeed("\"$CVMFS\" tag -l -x $FQRN | grep -c ^generic")
            #expect(tags == "3\n")
            let (base, upper) = (Self.layer(image, 0), Self.layer(image, 1))
            for check in [
                "test $(stat -c %u:%g:%a \(base)/home/user) = 1000:100:700",
                "test $(stat -c %u:%g \(base)/home/user/file) = 1000:100", "test -u \(base)/usr/bin/tool",
                "cmp \(base)/usr/bin/tool \(base)/usr/bin/other", "cmp \(base)/usr/bin/tool \(base)/bin/tool",
                "test $(readlink \(base)/etc/link) = ../usr/bin/tool", "test -p \(base)/run/pipe",
                "test $(stat -c %t:%T \(upper)/etc/motd) = 0:0 && test -c \(upper)/etc/motd",
                "test $(cat \(upper)/var/cache/old/2) = new",
            ] {
                try await server.succeed(check)
            }
            let catalogs = try await server.succeed("\"$CVMFS\" list-catalogs $FQRN")
            #expect(catalogs.matches(of: /\/layerfs\n/).count == 3, "\(catalogs)")
            let status = try await server.succeed("\"$wafer\" status 1")
            #expect(status.contains("hard links as files") && status.contains("1 file without"), "\(status)")
            // Times before 1970 are whole seconds there, and nothing that differs.
            try await server.succeed("test $(stat -c %Y \(base)/etc/before) = -100")
            try await server.succeed("\"$wafer\" verify \(registry.reference("app:1")) --repository $FQRN")
            let thin = try await ExternalTool.run(
                "skopeo",
                ["inspect", "--tls-verify=false", "--config", "docker://\(registry.host)/thin/app:1"]
            )
            #expect(String(decoding: thin, as: UTF8.self).contains("CVMFS_IMAGE=true"))
            try await server.expectSound()
            #expect(try await server.succeed("\"$wafer\" convert").contains("up to date, revision 3"))
            #expect(try await server.succeed("\"$CVMFS\" tag -l -x $FQRN | grep -c ^generic") == "3\n")
        }
    }

    /// Killed with the `cvmfs_server` that it ran, when a transaction is noted as its own.
    @Test(arguments: ["ingesting", "writing"])
    func aKilledConversionCompletes(during purpose: String) async throws {
        try await desired([Self.base, Self.upper]) { server, _, _ in
            let script = """
                "$wafer" convert & process=$!
                until grep -q '"purpose":"\(purpose) ' /var/spool/cvmfs/$FQRN/wafer/transaction.json 2>/dev/null &&
                      test -e /var/spool/cvmfs/$FQRN/in_transaction.lock; do
                    kill -0 $process || exit 1; sleep 0.02
                done
                kill -9 $process; wait $process
                for child in $(ps -eo pid=,args= | grep "[c]vmfs_.* .*$FQRN" | grep -v 'wafer\\|cvmfs2' | sed 's/^ *//' | cut -d' ' -f1)
                do kill -9 $child; done; true
                """
            try await server.succeed(script)
            try await server.succeed("test -e /var/spool/cvmfs/$FQRN/in_transaction.lock")
            let doctor = try await server.run("\"$wafer\" doctor $FQRN").text
            #expect(doctor.contains("warning  transaction: Wafer's own is open: process "), "\(doctor)")
            let text = try await server.succeed("\"$wafer\" convert")
            #expect(text.contains("aborted a transaction on \(server.fqrn) that Wafer (process "), "\(text)")
            #expect(text.contains("converted, revision "), "\(text)")
            try await server.succeed("test ! -e /var/spool/cvmfs/$FQRN/in_transaction.lock")
            try await server.expectSound()
            #expect(try await server.succeed("\"$wafer\" convert").contains("up to date"))
            try await server.publish("echo theirs > theirs")
        }
    }

    @Test func heavyDirectoriesGetCatalogs() async throws {
        let limits = "CVMFS_AUTOCATALOGS=true\\nCVMFS_AUTOCATALOGS_MAX_WEIGHT=20\\nCVMFS_AUTOCATALOGS_MIN_WEIGHT=5\\n"
        try await attached(configuration: limits) { server in
            try await server.succeed(
                "mkdir -p t/a t/b/inner/deep t/light && touch $(seq -f t/a/%g 12) $(seq -f t/b/inner/%g 12) "
                    + "$(seq -f t/b/inner/deep/%g 30) t/light/1 && tar -cf t.tar -C t ."
            )
            try await server.succeed("\"$wafer\" repository ingest $FQRN /tool t.tar")
            let catalogs = try await server.succeed(
                "\"$CVMFS\" list-catalogs $FQRN | grep -o '/tool.*' | sort | tr '\\n' ' '"
            )
            #expect(catalogs == "/tool /tool/a /tool/b/inner /tool/b/inner/deep ", "\(catalogs)")
            try await server.expectSound()
            try await server.succeed("\"$wafer\" repository ingest $FQRN /tool t.tar --replace")
            try await server.succeed("\"$wafer\" repository rm $FQRN /tool/b /tool/a")
            #expect(try await server.succeed("ls /cvmfs/$FQRN/tool") == "light\n")
            try await server.expectSound()
        }
    }

    /// Where the storage is out of reach, as for S3: here since a value is refused that `cvmfs_server` reads as a number.
    @Test func mountAndWebServerAreEnoughToRead() async throws {
        try await attached(configuration: "CVMFS_REPOSITORY_TTL=900s\\n") { server in
            #expect(try await server.succeed("\"$wafer\" repository list -z").contains("local,/srv/cvmfs"))
            try await server.succeed(
                "mkdir -p t/d && echo a > t/a && ln t/a t/b && head -c 9000000 /dev/urandom > t/c && mkfifo t/p && "
                    + "ln -s /etc t/l && ln -s '$(X)' t/v && touch t/d/.wh.gone t/ü && chown 1000:100 t/d && chmod 4711 t/c && "
                    + "tar -cf t.tar -C t ."
            )
            let text = try await server.succeed("\"$wafer\" repository ingest $FQRN /tool t.tar")
            #expect(text.contains("tool in \(server.fqrn), revision 2: 10 entries"), "\(text)")
            try await server.succeed("cmp t/c /cvmfs/$FQRN/tool/c && test -c /var/spool/cvmfs/$FQRN/rdonly/tool/d/gone")
            try await server.succeed("\"$wafer\" repository ingest $FQRN /tool t.tar --replace")
            try await server.fail(
                "\"$wafer\" repository rm $FQRN /tool/l/passwd",
                saying: "tool/l/passwd does not exist"
            )
            #expect(try await server.succeed("\"$wafer\" repository tag add $FQRN v1").contains("revision 4"))
            let removed = try await server.succeed("\"$wafer\" repository rm $FQRN /tool/l /tool/d")
            #expect(removed.hasSuffix("removed tool/l\nremoved tool/d\n\(server.fqrn), revision 5\n"), "\(removed)")
            // What the mount does not show is read at the web server.
            #expect(try await server.succeed("\"$wafer\" repository ls $FQRN /tool").hasSuffix("a\nb\nc\np\nv\nü\n"))
            try await server.fail(
                "\"$wafer\" repository rollback $FQRN v1",
                saying: "nothing was changed, --force does it"
            )
            try await server.succeed("\"$wafer\" repository rollback $FQRN v1 --force && test -L /cvmfs/$FQRN/tool/l")
            let doctor = try await server.succeed("\"$wafer\" doctor $FQRN")
            #expect(doctor.contains("ok  mount: ") && !doctor.contains("space in storage"), "\(doctor)")
            try await server.succeed("\"$CVMFS\" check -i $FQRN")
        }
    }

    @Test func editsAreTheServers() async throws {
        try await attached { server in
            try await server.publish(
                "mkdir -p d/e && echo a > d/e/f && ln -s /etc link && echo b > file && mkfifo pipe"
            )
            try await server.succeed("\"$wafer\" repository tag add $FQRN v1 --description \"it's (a) & b; > c\"")
            try await server.succeed("\"$wafer\" repository tag add $FQRN first --revision-of trunk-previous")
            let tags = try await server.succeed("\"$CVMFS\" tag -l -x $FQRN")
            #expect(tags.contains("(default) it's (a) & b; > c\n"), "\(tags)")
            let first = try await server.succeed("\"$CVMFS\" tag -l -x $FQRN | grep '^first ' | cut -d' ' -f4")
            #expect(first == "1\n")
            try await server.fail(
                "\"$wafer\" repository rm $FQRN /link/passwd /file",
                saying: "link/passwd does not exist"
            )
            try await server.succeed("test -e /cvmfs/$FQRN/file && test -e /etc/passwd")
            let removed = try await server.succeed("\"$wafer\" repository rm $FQRN /d /link /pipe")
            let lines = "removed d\nremoved link\nremoved pipe\n\(server.fqrn), revision 3\n"
            #expect(removed.hasSuffix(lines), "\(removed)")
            #expect(try await server.succeed("ls /cvmfs/$FQRN; test -d /etc") == "file\nnew_repository\n")
            try await server.expectSound()
            try await server.fail("\"$wafer\" repository rollback $FQRN v1", saying: "--force does it")
            let back = try await server.succeed("\"$wafer\" repository rollback $FQRN v1 --force")
            #expect(
                back.contains("published revision 4 with the content of revision 2 (v1) and removed the tag generic-")
            )
            try await server.succeed("test -e /cvmfs/$FQRN/d/e/f")
            try await server.succeed("\"$wafer\" repository tag add $FQRN v2")
            try await server.succeed("\"$wafer\" repository tag remove $FQRN v2 v1")
            #expect(try await server.succeed("\"$CVMFS\" tag -l -x $FQRN | grep -c '^v[12] ' || true") == "0\n")
            try await server.succeed(
                "echo '{\"administrator\": \"A\"}' > m && \"$wafer\" repository metainfo set $FQRN m"
            )
            #expect(try await server.succeed("\"$wafer\" repository metainfo set $FQRN m").contains("nothing to do"))
            #expect(
                try await server.succeed("\"$CVMFS\" info $FQRN > /dev/null; \"$wafer\" repository metainfo show $FQRN")
                    .contains("{\"administrator\": \"A\"}")
            )
            // Somebody else's transaction is theirs.
            try await server.succeed("\"$CVMFS\" transaction $FQRN && touch /cvmfs/$FQRN/theirs")
            for command in [
                "rm $FQRN /file", "tag add $FQRN v2", "rollback $FQRN first --force", "metainfo set $FQRN n",
            ] {
                try await server.fail(
                    "echo '{}' > n; \"$wafer\" repository \(command) --lock-timeout 0",
                    saying: "it is not Wafer's to end"
                )
            }
            try await server.succeed("\"$CVMFS\" publish $FQRN && test -e /cvmfs/$FQRN/theirs")
            try await server.expectSound()
        }
    }
}
