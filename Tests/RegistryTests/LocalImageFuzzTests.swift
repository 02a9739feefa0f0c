import Foundation
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

/// Damaged folders and archives give an image or a ``RegistryError``, never a crash or another error.
@Suite(.timeLimit(.minutes(2))) struct LocalImageFuzzTests {
    private static let rounds = 600

    private func withFolder(_ body: (String, RegistryClient) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wafer-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await RegistryClient.with(userAgent: "test", logger: Fixture.logger) { try await body(folder.path, $0) }
    }

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

    private static let configuration = Array(
        """
        {"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[
        "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"]}}
        """.utf8
    )
    private static let layer = [UInt8](repeating: 0, count: 1024)

    @Test func layouts() async throws {
        try await withFolder { folder, client in
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
            try add(Self.configuration, .ociConfiguration)
            try add(Self.layer, MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
            try add(Manifest(mediaType: .ociManifest, config: blobs[0], layers: [blobs[1]]).encoded(), .ociManifest)
            blobs[2].otherMembers["annotations"] = .object(["org.opencontainers.image.ref.name": .string("1")])
            let index = try Index(mediaType: .ociIndex, manifests: [blobs[2]]).encoded()
            try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(filePath: "\(folder)/oci-layout"))
            func put(_ index: [UInt8]) throws { try Data(index).write(to: URL(filePath: "\(folder)/index.json")) }
            try put(index)
            #expect(try await open("oci:\(folder):1", client))
            var random = SeededRandom(seed: 11)
            for round in 0..<Self.rounds {
                try put(random.mutate(index))
                _ = try await open("oci:\(folder)\(round % 2 == 0 ? "" : ":1")", client)
            }
        }
    }

    @Test func archives() async throws {
        let entry = #"[{"Config":"c.json","RepoTags":["app:1"],"Layers":["a/layer.tar"]}]"#
        func archive(_ manifest: [UInt8]) -> [UInt8] {
            TarBuilder.archive { tar in
                tar.pax(["path": "c.json"])
                tar.file("x", RawBytes(Self.configuration))
                tar.file("b/layer.tar", RawBytes(Self.layer))
                tar.symlink("a/layer.tar", to: "../b/layer.tar")
                tar.file("manifest.json", RawBytes(manifest))
            }
        }
        try await withFolder { folder, client in
            let file = URL(filePath: "\(folder)/a.tar")
            let good = archive(Array(entry.utf8))
            try Data(good).write(to: file)
            #expect(try await open("docker-archive:\(folder)/a.tar:app:1", client))
            var random = SeededRandom(seed: 12)
            for round in 0..<Self.rounds {
                let bytes = round % 2 == 0 ? archive(random.mutate(Array(entry.utf8))) : random.mutate(good)
                try Data(bytes).write(to: file)
                _ = try await open("docker-archive:\(folder)/a.tar", client)
            }
        }
    }

    @Test func archivesWithCirclesAndStrangers() async throws {
        try await withFolder { folder, client in
            func expect(_ text: String, _ build: (inout TarBuilder) -> Void) async throws {
                try Data(TarBuilder.archive(build)).write(to: URL(filePath: "\(folder)/a.tar"))
                let error = await #expect(throws: RegistryError.self) {
                    try await client.open(
                        ImageSource(parsing: "docker-archive:\(folder)/a.tar", folder: "/"),
                        credentials: nil
                    )
                }
                #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
            }
            try await expect("circle of links") { $0.symlink("manifest.json", to: "manifest.json") }
            try await expect("no manifest.json") { $0.file("x", "y") }
            try await expect("which is not in it") {
                $0.file("manifest.json", #"[{"Config":"../../etc/passwd","Layers":[]}]"#)
            }
            try await expect("2 layers, but the configuration 1") {
                $0.file("c", RawBytes(Self.configuration))
                $0.file("l", RawBytes(Self.layer))
                $0.file("manifest.json", #"[{"Config":"c","Layers":["l","l"]}]"#)
            }
            try await expect("not a tar archive") { $0.raw(Fixture.bytes(2048)) }
            let pipe = await #expect(throws: RegistryError.self) {
                try await client.open(ImageSource(parsing: "docker-archive:/dev/null", folder: "/"), credentials: nil)
            }
            #expect(pipe?.description.contains("not a regular file") == true)
        }
    }
}
