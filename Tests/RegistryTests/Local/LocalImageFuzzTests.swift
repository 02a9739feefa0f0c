import Foundation
import OCI
import Plumbing
import Registry
import SystemPackage
import TestSupport
import Testing

/// Damaged folders and archives give an image or a ``RegistryError``, never a crash or another error.
@Suite(.timeLimit(.minutes(5))) struct LocalImageFuzzTests {
    private static let rounds = 600

    private func open(_ name: String, _ client: RegistryClient) async throws -> Bool {
        do {
            let image = try await client.open(ImageSource(parsing: name, folder: "/"), credentials: nil)
            let resolved = try await image.resolve(platform: .linuxAMD64)
            for layer in resolved.manifest.layers { try await image.streamBlob(layer) { _ in } }
            return true
        } catch let error as RegistryError {
            #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            return false
        }
    }

    @Test func layouts() async throws {
        try await LocalImageFixture.withFolder { folder, client in
            var blobs: [Descriptor] = []
            func add(_ bytes: [UInt8], _ type: MediaType) throws {
                let digest = try Digest.sha256(of: bytes)
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/blobs/sha256",
                    withIntermediateDirectories: true
                )
                try Data(bytes).write(to: URL(filePath: "\(folder)/blobs/sha256/\(digest.hex)"))
                blobs.append(Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count)))
            }
            try add(LocalImageFixture.configuration, .ociConfiguration)
            try add(LocalImageFixture.layer, MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
            try add(Manifest(mediaType: .ociManifest, config: blobs[0], layers: [blobs[1]]).encoded(), .ociManifest)
            blobs[2].otherMembers["annotations"] = .object(["org.opencontainers.image.ref.name": .string("1")])
            let index = try Index(mediaType: .ociIndex, manifests: [blobs[2]]).encoded()
            try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(filePath: "\(folder)/oci-layout"))
            func put(_ index: [UInt8]) throws { try Data(index).write(to: URL(filePath: "\(folder)/index.json")) }
            try put(index)
            #expect(try await open("oci:\(folder):1", client))
            try await Fuzzing.run("Registry.layouts", rounds: Self.rounds) { random in
                try put(random.mutate(index))
                _ = try await open("oci:\(folder)\(Bool.random(using: &random) ? "" : ":1")", client)
            }
        }
    }

    @Test func archives() async throws {
        let entry = #"[{"Config":"c.json","RepoTags":["app:1"],"Layers":["a/layer.tar"]}]"#
        func archive(_ manifest: [UInt8]) -> [UInt8] {
            TarBuilder.archive { tar in
                tar.pax(["path": "c.json"])
                tar.file("x", RawBytes(LocalImageFixture.configuration))
                tar.file("b/layer.tar", RawBytes(LocalImageFixture.layer))
                tar.symlink("a/layer.tar", to: "../b/layer.tar")
                tar.file("manifest.json", RawBytes(manifest))
            }
        }
        try await LocalImageFixture.withFolder { folder, client in
            let file = URL(filePath: "\(folder)/a.tar")
            let good = archive(Array(entry.utf8))
            try Data(good).write(to: file)
            #expect(try await open("docker-archive:\(folder)/a.tar:app:1", client))
            try await Fuzzing.run("Registry.archives", rounds: Self.rounds) { random in
                let mutatesEntry = Bool.random(using: &random)
                let bytes = mutatesEntry ? archive(random.mutate(Array(entry.utf8))) : random.mutate(good)
                try Data(bytes).write(to: file)
                _ = try await open("docker-archive:\(folder)/a.tar", client)
            }
        }
    }
}
