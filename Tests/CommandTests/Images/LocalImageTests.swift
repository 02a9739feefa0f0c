import Foundation
import OCI
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Images that do not come from a registry, and what registries have of every form: all made by `skopeo`.
@Suite(.timeLimit(.minutes(5))) struct LocalImageTests {
    private static let fqrn = "cd.cern.ch"
    /// A layer with nothing in it.
    private static let empty = InMemoryRegistry.Layer.tar([UInt8](repeating: 0, count: 1024))

    /// Runs `body` with a repository and an image of a base, nothing, an application, and the base once more.
    private func withImage(_ body: (Sandbox, InMemoryRegistry) async throws -> Void) async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await InMemoryRegistry.with { registry in
                let layers = [Layers.base, Self.empty, Layers.application, Layers.base]
                try registry.addImage("app", tag: "1", layers: layers, mediaType: .ociManifest)
                try await body(sandbox, registry)
            }
        }
    }

    private func skopeo(_ arguments: [String], in sandbox: Sandbox) async throws {
        let options = ["copy", "--src-tls-verify=false", "--dest-tls-verify=false"]
        try await ExternalTool.run("skopeo", options + arguments, in: sandbox.path.string)
    }

    /// Converts an image and sees that all of it arrived. Returns what the command said.
    @discardableResult
    private func convert(_ image: String, _ sandbox: Sandbox, _ registry: InMemoryRegistry) async throws -> String {
        let text = try await sandbox.succeed(
            "add-desiderata",
            "-i",
            image,
            "-o",
            registry.reference("thin/app:1"),
            "-r",
            Self.fqrn
        )
        #expect(try await sandbox.succeed("verify", image).contains("is equal to"))
        #expect(try await sandbox.succeed("convert").contains("up to date"))
        return text
    }

    private func thin(_ registry: InMemoryRegistry) throws -> [String: JSONValue] {
        let manifest = try #require(registry.manifest("thin/app", "1"))
        guard case .image(let image) = try RawManifest(bytes: manifest).decoded else {
            Issue.record("it is no image")
            return [:]
        }
        let configuration = try #require(registry.blob(image.config.digest))
        return try #require(JSONValue(parsing: configuration).object)
    }

    @Test(arguments: ["gzip", "zstd", "plain"])
    func layoutsOfSkopeo(compression: String) async throws {
        try await withImage { sandbox, registry in
            let tag = compression
            let options =
                compression == "plain"
                ? ["--dest-oci-accept-uncompressed-layers"] : ["--dest-compress-format", compression]
            try await skopeo(["docker://\(registry.host)/app:1", "dir:image"], in: sandbox)
            try await skopeo(options + ["dir:image", "oci:images:\(tag)"], in: sandbox)
            let text = try await convert("oci:images:\(tag)", sandbox, registry)
            let name = "oci:\(sandbox.path)/images:\(tag)"
            let report = try await sandbox.succeed("inspect", name, "-r", Self.fqrn)
            let form = compression == "plain" ? "tar " : compression
            #expect(report.matches(of: try Regex("B  \(form)  known\n")).count == 4, "\(report)")
            #expect(text.contains("(\(name)): converted, revision 2: 3 layers new"))
            let listing = try await sandbox.succeed("repository", "ls", Self.fqrn, ".metadata", "-R")
            #expect(listing.contains("/oci\(sandbox.path)/images:\(tag)/manifest.json"))
            #expect(try thin(registry)["history"] != nil)
            #expect(try await sandbox.succeed("list-desideratas", "-z").contains(name))
            // Elsewhere it is another name, here it is the same.
            let twin = try await sandbox.wafer("add-image", name)
            #expect(twin.code == 0)
            #expect(try await sandbox.succeed("image-in-database", "oci:./images:\(tag)") == "1\n")
        }
    }

    @Test func layoutsHaveManyImagesOrNone() async throws {
        try await withImage { sandbox, registry in
            for tag in ["1", "2"] {
                try await skopeo(["docker://\(registry.host)/app:1", "oci:images:\(tag)"], in: sandbox)
            }
            let several = try await sandbox.wafer("download-manifest", "oci:images")
            #expect(several.errors.contains("there are several images in it; name one after the path: 1, 2"))
            let other = try await sandbox.wafer("download-manifest", "oci:images:3")
            #expect(other.errors.contains("there is no image of that name in it; name one after the path: 1, 2"))
            let none = try await sandbox.wafer("download-manifest", "oci:srv")
            #expect(none.errors.contains("there is no oci-layout in it"))
            let user = try await sandbox.wafer("add-image", "oci:images:1", "--username", "foo")
            #expect(user.errors.contains("nobody logs in for oci:"))
            let output = try await sandbox.wafer("add-desiderata", "-i", "redis:4", "-o", "oci:out:1", "-r", Self.fqrn)
            #expect(output.code == 64 && output.errors.contains("output image: image reference \"oci:"))
            let tags = try await sandbox.wafer("list-tags", "oci:images")
            #expect(tags.errors.contains("must be an image of a registry"))
            #expect([several, other, none, user, tags].allSatisfy { $0.code == 1 })
            _ = try await sandbox.shell("find images/blobs -type f -size -1000c -delete")
            let cut = try await sandbox.wafer("download-manifest", "oci:images:1")
            #expect(cut.code == 1)
            #expect(cut.errors.contains("its index.json names the blob sha256:"))
        }
    }

    /// The form of Docker before 25, with links for layers that are there twice.
    @Test func archivesOfSkopeo() async throws {
        try await withImage { sandbox, registry in
            try await skopeo(["docker://\(registry.host)/app:1", "docker-archive:app.tar:x/app:1"], in: sandbox)
            let listing = try await sandbox.shell("tar -tvf app.tar").text
            #expect(listing.contains(" -> "))
            let text = try await convert("docker-archive:app.tar", sandbox, registry)
            #expect(text.contains("converted, revision 2: 3 layers new"))
            let again = try await convert("docker-archive:app.tar:docker.io/x/app:1", sandbox, registry)
            #expect(again.contains("0 layers new"))
            let other = try await sandbox.wafer("download-manifest", "docker-archive:app.tar:x/app:2")
            #expect(other.errors.contains("name one after the path: docker.io/x/app:1"))
            _ = try await sandbox.shell(
                "gzip -k app.tar; xz -k app.tar; head -c 3000 app.tar >cut.tar; tr 'welcome' 'farewel' <app.tar >bad.tar"
            )
            let inflated = try await convert("docker-archive:app.tar.gz", sandbox, registry)
            #expect(inflated.contains("0 layers new"))
            let smaller = try await convert("docker-archive:app.tar.xz", sandbox, registry)
            #expect(smaller.contains("0 layers new"))
            let cut = try await sandbox.wafer("download-manifest", "docker-archive:cut.tar")
            #expect(cut.errors.contains("it is cut"))
            let missing = try await sandbox.wafer("download-manifest", "docker-archive:none.tar")
            #expect(missing.errors.contains("there is no file"))
            #expect([other, cut, missing].allSatisfy { $0.code == 1 })
        }
    }

    @Test func podmanKnowsOneImageByAName() async throws {
        try await withImage { sandbox, registry in
            for folder in ["one", "two"] {
                try await skopeo(["docker://\(registry.host)/app:1", "oci:\(folder):3"], in: sandbox)
            }
            let wish = ["add-desiderata", "-r", Self.fqrn, "--formats", "layers,podman", "-i"]
            #expect(try await sandbox.wafer(wish + ["oci:one:3"]).code == 0)
            let second = try await sandbox.wafer(wish + ["oci:two:3"])
            #expect(second.code == 1)
            #expect(
                second.errors.contains("desiderata 1, of oci:\(sandbox.path)/one:3, has podman's name of this image in")
            )
            #expect(second.errors.contains("with `wafer set-desiderata 1`"))
        }
    }

    @Test(arguments: ["dir:app", "oci-archive:app.tar", "oci-archive:app.tar:1"])
    func foldersAndArchivesOfSkopeo(name: String) async throws {
        try await withImage { sandbox, registry in
            try await skopeo(["docker://\(registry.host)/app:1", name], in: sandbox)
            let text = try await convert(name, sandbox, registry)
            #expect(text.contains("converted, revision 2: 3 layers new"))
        }
    }

    @Test func imagesOfOtherProgramsAreAskedForOtherwise() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            for command in [["inspect"], ["verify"], ["download-manifest"], ["add-desiderata", "-r", Self.fqrn, "-i"]] {
                let answer = try await sandbox.wafer(command + ["docker-daemon:app:1"])
                #expect(answer.code != 0 && answer.errors.contains("docker save -o FILE IMAGE"), "\(answer.errors)")
            }
        }
    }

    /// What lies in a layer must be what the configuration says.
    @Test func archivesWithWrongLayersAreRefused() async throws {
        try await withImage { sandbox, registry in
            try await skopeo(["docker://\(registry.host)/app:1", "docker-archive:app.tar:app:1"], in: sandbox)
            _ = try await sandbox.shell("sed -i 's/welcome/farewel/' app.tar")
            let outcome = try await sandbox.wafer(
                "add-desiderata",
                "-i",
                "docker-archive:app.tar",
                "-o",
                registry.reference("thin/app:1"),
                "-r",
                Self.fqrn
            )
            #expect(outcome.code == 3)
            #expect(outcome.text.contains("digest"))
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +1\n/))
        }
    }

    /// The form of Docker 25 and later: a layout with a `manifest.json` for older programs.
    @Test func archivesWithALayout() async throws {
        try await withImage { sandbox, registry in
            try await skopeo(["docker://\(registry.host)/app:1", "oci:images:1"], in: sandbox)
            let layout = try #require(
                try JSONValue(parsing: Array(Data(contentsOf: URL(filePath: "\(sandbox.path)/images/index.json"))))
                    .object
            )
            var entry = try #require(layout["manifests"]?.array?.first?.object)
            entry["annotations"] = .object([
                "io.containerd.image.name": .string("docker.io/library/app:1"),
                "org.opencontainers.image.ref.name": .string("1"),
            ])
            let index = layout.merging(["manifests": .array([.object(entry)])]) { $1 }
            try Data(JSONDocument.encode(index)).write(to: URL(filePath: "\(sandbox.path)/images/index.json"))
            let old = #"[{"Config":"blobs/sha256/0","RepoTags":["app:1"],"Layers":[]}]"#
            try Data(old.utf8).write(to: URL(filePath: "\(sandbox.path)/images/manifest.json"))
            _ = try await sandbox.shell("tar -cf app.tar -C images .")
            let text = try await convert("docker-archive:app.tar:app:1", sandbox, registry)
            #expect(text.contains("converted, revision 2: 3 layers new"))
            let manifest = try await sandbox.wafer("download-manifest", "docker-archive:app.tar").output
            #expect(try Digest.sha256(of: manifest).description == entry["digest"]?.string)
        }
    }

    /// Every form that `skopeo` writes to a registry comes back from it, and it reads the thin image.
    @Test(arguments: [
        ["--format", "v2s2"], ["--format", "oci"], ["--format", "oci", "--dest-compress-format", "zstd"],
    ])
    func registriesWithEveryForm(options: [String]) async throws {
        try await withImage { sandbox, source in
            try await RealRegistry.with { registry in
                let image = "\(registry.host)/app:1"
                // A folder between them: what is compressed already is not compressed again.
                try await skopeo(["docker://\(source.host)/app:1", "dir:image"], in: sandbox)
                try await skopeo(options + ["dir:image", "docker://\(image)"], in: sandbox)
                try await sandbox.succeed(
                    "add-desiderata",
                    "-i",
                    "http://\(image)",
                    "-o",
                    registry.reference("thin/app:1"),
                    "-r",
                    Self.fqrn
                )
                #expect(try await sandbox.succeed("verify", "http://\(image)").contains("is equal to"))
                let form = options.contains("zstd") ? "zstd" : "gzip"
                let report = try await sandbox.succeed("inspect", "http://\(image)")
                #expect(report.matches(of: try Regex("B  \(form)\n")).count == 4, "\(report)")
                let thin = try await ExternalTool.run(
                    "skopeo",
                    ["inspect", "--tls-verify=false", "--config", "docker://\(registry.host)/thin/app:1"]
                )
                #expect(String(decoding: thin, as: UTF8.self).contains("CVMFS_IMAGE=true"))
                try await skopeo(
                    ["docker://\(registry.host)/thin/app:1", "docker-archive:thin.tar:thin:1"],
                    in: sandbox
                )
                #expect(
                    try await sandbox.shell("tar -xOf thin.tar --wildcards '*.tar' | tar -xO thin.json").text.contains(
                        "cvmfs://"
                    )
                )
            }
        }
    }

    @Test(arguments: [
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
    ])
    func foreignLayersAreRefused(type: String) async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await InMemoryRegistry.with { registry in
                let image = try registry.addImage("app", tag: "2", layers: [Layers.base])
                var manifest = image.manifest
                manifest.layers[0].mediaType = MediaType(rawValue: type)
                manifest.layers[0].otherMembers["urls"] = .array([.string("http://127.0.0.1:1/layer")])
                try registry.addManifest(manifest.encoded(), .dockerManifest, to: "app", tag: "1")
                let outcome = try await sandbox.wafer(
                    "add-desiderata",
                    "-i",
                    registry.reference("app:1"),
                    "-o",
                    registry.reference("thin/app:1"),
                    "-r",
                    Self.fqrn
                )
                #expect(outcome.code == 3)
                #expect(outcome.text.contains("which may not be distributed (\(type))"))
                #expect(registry.manifest("thin/app", "1") == nil)
            }
        }
    }
}
