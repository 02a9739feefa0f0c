import Foundation
import OCI
import Plumbing
import Registry
import TestSupport
import Testing

/// Archives that are compressed as a whole, archives of layouts, and folders of blobs.
@Suite(.timeLimit(.minutes(5))) struct ArchiveFileTests {
    private static let saved = TarBuilder.archive {
        $0.file("c", RawBytes(LocalImageFixture.configuration))
        $0.file("l", RawBytes(LocalImageFixture.layer))
        $0.file("manifest.json", #"[{"Config":"c","Layers":["l"],"RepoTags":["app:1"]}]"#)
    }

    private func layers(_ name: String, _ client: RegistryClient) async throws -> [UInt8] {
        let image = try await client.open(ImageSource(parsing: name, folder: "/"), credentials: nil)
        let resolved = try await image.resolve(platform: .linuxAMD64)
        return try await image.blob(try #require(resolved.manifest.layers.first))
    }

    private func compressed(_ program: String, _ folder: String) async throws -> String {
        let bytes = try await ExternalTool.run(program, ["-c"], input: Self.saved)
        try Data(bytes).write(to: URL(filePath: "\(folder)/a.tar.\(program)"))
        return "docker-archive:\(folder)/a.tar.\(program)"
    }

    @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
    func compressedArchivesAreRead(program: String) async throws {
        try await LocalImageFixture.withFolder { folder, client in
            let name = try await compressed(program, folder)
            #expect(try await layers(name, client) == LocalImageFixture.layer)
            #expect(try await layers("\(name):app:1", client) == LocalImageFixture.layer)
        }
    }

    @Test func otherCompressionsAreNamed() async throws {
        try await LocalImageFixture.withFolder { folder, client in
            try Data([0x04, 0x22, 0x4d, 0x18] + Self.saved).write(to: URL(filePath: "\(folder)/a.tar.lz4"))
            await expect(.invalidDocument, "decompress it first: `lz4 -dk \(folder)/a.tar.lz4`") {
                try await layers("docker-archive:\(folder)/a.tar.lz4", client)
            }
        }
    }

    @Test func compressedArchivesThatAreCutAreRefused() async throws {
        try await LocalImageFixture.withFolder { folder, client in
            for program in ["gzip", "zstd", "xz", "bzip2"] {
                let name = try await compressed(program, folder)
                let file = URL(filePath: "\(folder)/a.tar.\(program)")
                try Data(Data(contentsOf: file).dropLast(9)).write(to: file)
                await expect(.invalidDocument, "damaged or cut") { try await layers(name, client) }
            }
        }
    }

    /// Writes a layout's files, or a folder's, of one image.
    private func files(_ write: (String, [UInt8]) throws -> Void, isLayout: Bool) throws {
        let configuration = LocalImageFixture.configuration
        let layer = LocalImageFixture.layer
        func descriptor(_ bytes: [UInt8], _ type: MediaType) throws -> Descriptor {
            let digest = try Digest.sha256(of: bytes)
            if isLayout { try write("blobs/sha256/\(digest.hex)", bytes) } else { try write(digest.hex, bytes) }
            return Descriptor(mediaType: type, digest: digest, size: Int64(bytes.count))
        }
        let manifest = try Manifest(
            mediaType: .ociManifest,
            config: descriptor(configuration, .ociConfiguration),
            layers: [descriptor(layer, MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))]
        ).encoded()
        guard isLayout else { return try write("manifest.json", manifest) }
        var entry = try descriptor(manifest, .ociManifest)
        entry.otherMembers["annotations"] = .object(["org.opencontainers.image.ref.name": .string("x/app:1")])
        try write("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try write("index.json", Index(mediaType: .ociIndex, manifests: [entry]).encoded())
    }

    @Test(arguments: [false, true])
    func archivesOfLayoutsAreRead(isCompressed: Bool) async throws {
        try await LocalImageFixture.withFolder { folder, client in
            var members: [(String, [UInt8])] = []
            try files({ members.append(($0, $1)) }, isLayout: true)
            let bytes = TarBuilder.archive { tar in
                for (name, content) in members { tar.file(RawBytes(Array(name.utf8)), RawBytes(content)) }
            }
            let stored = isCompressed ? try await ExternalTool.run("gzip", ["-c"], input: bytes) : bytes
            try Data(stored).write(to: URL(filePath: "\(folder)/a.tar"))
            for name in ["", ":x/app:1", ":docker.io/x/app:1"] {
                #expect(try await layers("oci-archive:\(folder)/a.tar\(name)", client) == LocalImageFixture.layer)
            }
            await expect(.notFound, "name one after the path: x/app:1") {
                try await layers("oci-archive:\(folder)/a.tar:other", client)
            }
            try Data(Self.saved).write(to: URL(filePath: "\(folder)/a.tar"))
            await expect(.notFound, "name it docker-archive:FILE") {
                try await layers("oci-archive:\(folder)/a.tar", client)
            }
        }
    }

    @Test func foldersOfBlobsAreRead() async throws {
        try await LocalImageFixture.withFolder { folder, client in
            try files({ try Data($1).write(to: URL(filePath: "\(folder)/\($0)")) }, isLayout: false)
            #expect(try await layers("dir:\(folder)", client) == LocalImageFixture.layer)
            try FileManager.default.removeItem(atPath: "\(folder)/manifest.json")
            await expect(.notFound, "not a folder of") { try await layers("dir:\(folder)", client) }
        }
    }
}
