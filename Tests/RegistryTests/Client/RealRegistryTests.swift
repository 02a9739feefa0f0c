import Foundation
import OCI
import Plumbing
import Registry
import SystemPackage
import TestSupport
import Testing

/// Against Docker's registry server, with `skopeo` on the other side.
@Suite(.timeLimit(.minutes(5))) struct RealRegistryTests {
    private static let user = RealRegistry.User(name: "ann", password: "s3cret:word")

    private func with(
        user: RealRegistry.User? = nil,
        _ body: (RealRegistry, RegistryClient, RegistryCredentials?, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await RealRegistry.with(user: user) { registry in
                try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger) { client in
                    let credentials = user.map {
                        RegistryCredentials(host: registry.host, username: $0.name, password: $0.password)
                    }
                    try await body(registry, client, credentials, folder.string)
                }
            }
        }
    }

    private func skopeo(_ arguments: String...) async throws -> [UInt8] {
        try await ExternalTool.run("skopeo", arguments)
    }

    /// An image of one gzip layer as a `dir:` of skopeo. Returns the layer's descriptor.
    private func makeImage(in folder: String) async throws -> Descriptor {
        try FileManager.default.createDirectory(atPath: "\(folder)/root", withIntermediateDirectories: true)
        try Data("hello\n".utf8).write(to: URL(filePath: "\(folder)/root/hello"))
        try FileManager.default.createDirectory(atPath: "\(folder)/image", withIntermediateDirectories: true)
        let tar = try await ExternalTool.run(
            "tar",
            ["--sort=name", "--mtime=@0", "-cf", "-", "-C", "\(folder)/root", "."]
        )
        let layer = try await ExternalTool.run("gzip", ["-n"], input: tar)
        let document: JSONValue = .object([
            "architecture": .string("amd64"), "os": .string("linux"),
            "config": .object(["Cmd": .array([.string("/hello")])]),
            "rootfs": .object([
                "type": .string("layers"), "diff_ids": .array([.string("\(try Digest.sha256(of: tar))")]),
            ]),
            "history": .array([.object(["created_by": .string("test")])]),
        ])
        func write(_ bytes: [UInt8], _ type: MediaType) throws -> Descriptor {
            let descriptor = Descriptor(mediaType: type, digest: try .sha256(of: bytes), size: Int64(bytes.count))
            try Data(bytes).write(to: URL(filePath: "\(folder)/image/\(descriptor.digest.hex)"))
            return descriptor
        }
        let manifest = Manifest(
            mediaType: .dockerManifest,
            config: try write(JSONDocument.encode(document), .dockerConfiguration),
            layers: [try write(layer, .dockerLayer)]
        )
        try Data(manifest.encoded()).write(to: URL(filePath: "\(folder)/image/manifest.json"))
        try Data("Directory Transport Version: 1.1\n".utf8).write(to: URL(filePath: "\(folder)/image/version"))
        return manifest.layers[0]
    }

    @Test(arguments: ["v2s2", "oci"], [nil, user])
    func pullsWhatSkopeoPushed(format: String, user: RealRegistry.User?) async throws {
        try await with(user: user) { registry, client, credentials, folder in
            let layer = try await makeImage(in: folder)
            var options = ["copy", "--dest-tls-verify=false", "--format", format]
            if let user { options += ["--dest-creds", "\(user.name):\(user.password)"] }
            try await ExternalTool.run("skopeo", options + ["dir:\(folder)/image", "docker://\(registry.host)/a/b:1"])

            let reference = try ImageReference(parsing: registry.reference("a/b:1"))
            let image = try await client.resolve(reference, platform: .linuxAMD64, credentials: credentials)
            #expect(image.raw.mediaType == (format == "oci" ? .ociManifest : .dockerManifest))
            #expect(image.configuration.config["Cmd"] == .array([.string("/hello")]))
            #expect(image.manifest.layers.map(\.digest) == [layer.digest])
            let bytes = try await client.blob(image.manifest.layers[0], of: reference, credentials: credentials)
            #expect(Data(bytes) == (try Data(contentsOf: URL(filePath: "\(folder)/image/\(layer.digest.hex)"))))
            #expect(try await client.digest(of: reference, credentials: credentials) == image.manifestDigest)
        }
    }

    @Test(arguments: [nil, user])
    func skopeoPullsWhatWasPushed(user: RealRegistry.User?) async throws {
        try await with(user: user) { registry, client, credentials, folder in
            _ = try await makeImage(in: folder)
            let files = URL(filePath: "\(folder)/image")
            let raw = try RawManifest(bytes: [UInt8](Data(contentsOf: files.appending(path: "manifest.json"))))
            guard case .image(let manifest) = raw.decoded else {
                Issue.record("skopeo wrote no manifest of an image")
                return
            }
            let reference = try ImageReference(parsing: registry.reference("thin/x:2"))
            for isNew in [true, false] {
                for blob in manifest.layers + [manifest.config] {
                    let bytes = [UInt8](try Data(contentsOf: files.appending(path: blob.digest.hex)))
                    let pushed = try await client.push(
                        blob: bytes,
                        digest: blob.digest,
                        to: reference,
                        credentials: credentials
                    )
                    #expect(pushed == isNew)
                }
                let digest = try await client.push(
                    manifest: raw.bytes,
                    mediaType: raw.mediaType,
                    to: reference,
                    credentials: credentials
                )
                #expect(digest == raw.digest)
            }
            let options = user.map { ["--creds", "\($0.name):\($0.password)"] } ?? []
            let seen = try await ExternalTool.run(
                "skopeo",
                ["inspect", "--raw", "--tls-verify=false"] + options + ["docker://\(registry.host)/thin/x:2"]
            )
            #expect(seen == raw.bytes)
            let source = user.map { ["--src-creds", "\($0.name):\($0.password)"] } ?? []
            try await ExternalTool.run(
                "skopeo",
                ["copy", "--src-tls-verify=false"] + source + [
                    "docker://\(registry.host)/thin/x:2", "dir:\(folder)/back",
                ]
            )
            for blob in manifest.layers + [manifest.config] {
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: "\(folder)/image/\(blob.digest.hex)",
                        andPath: "\(folder)/back/\(blob.digest.hex)"
                    )
                )
            }
        }
    }

    @Test func refusalsAreExplained() async throws {
        try await with(user: Self.user) { registry, client, credentials, _ in
            let reference = try ImageReference(parsing: registry.reference("a:1"))
            await expect(.unauthorized, "wafer add-user --username USER --registry \(registry.host)") {
                try await client.manifest(reference, credentials: nil)
            }
            let wrong = RegistryCredentials(host: registry.host, username: "ann", password: "guessed-password")
            let error = await expect(.unauthorized, "check the password of ann") {
                try await client.push(blob: [1], digest: .sha256(of: [1]), to: reference, credentials: wrong)
            }
            #expect(error?.description.contains("guessed-password") == false)
            await expect(.notFound, "MANIFEST_UNKNOWN") {
                try await client.manifest(reference, credentials: credentials)
            }
            let blob = Descriptor(mediaType: .dockerLayer, digest: try .sha256(of: [7]), size: 1)
            await expect(.notFound, "BLOB_UNKNOWN") {
                try await client.blob(blob, of: reference, credentials: credentials)
            }
            let manifest = Manifest(mediaType: .dockerManifest, config: blob, layers: [blob])
            await expect(.refused, "MANIFEST_BLOB_UNKNOWN") {
                try await client.push(
                    manifest: manifest.encoded(),
                    mediaType: .dockerManifest,
                    to: reference,
                    credentials: credentials
                )
            }
        }
    }
}
