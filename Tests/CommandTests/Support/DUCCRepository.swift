import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// The repository that DUCC filled (`Fixtures/README.md`), registered in a sandbox, beside a registry that has its images.
struct DUCCRepository {
    static let fqrn = "ducc.example.org"
    let sandbox: Sandbox
    let registry: InMemoryRegistry

    /// The image of a name such as `app:1`.
    static func image(_ name: String) -> String { "https://registry.example.org/fixture/\(name)" }

    /// The image that has no tag.
    static let digested = image("digested@sha256:23160f912490f4d74b1836eb9dfb664359db12d2af4f487334ae4789e335c71f")

    /// Layers by what they are.
    enum Layer {
        static let base = "sha256:b148cf1041607ade9363a67f76b264c85ee41ff188ae4e8d51420d7560d59adc"
        static let cut = "sha256:b1e0fb798d545db0fa02b68751ed6a29aa2d68c24d809331122c3d028e58e38c"
        static let lacksContent = "sha256:b1c6b5ab616081c38a17efccbaef07771ae6a9b6bcb7e92e70a1836b3e1a101b"
        static let lacksRecord = "sha256:bda18035554a27703bd26200e1aaeede5ed8911fd7dd5521d3cb281844d10bef"
    }

    /// Runs a test with it; afterwards the independent checker must find no fault.
    static func with(_ body: (DUCCRepository) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        let archive = try #require(Bundle.module.path(forResource: "Fixtures/ducc-repository.tar", ofType: "gz"))
        let unpacked = try await sandbox.shell("tar -xzf \"\(archive)\"")
        try #require(unpacked.code == 0, "\(unpacked.errors)")
        try await InMemoryRegistry.with { registry in
            let repository = DUCCRepository(sandbox: sandbox, registry: registry)
            for (layout, name) in [
                ("app-moved", "app:1"), ("whiteout", "whiteout:latest"), ("digested", "digested:tmp"),
                ("half-mid", "half:mid"), ("half-edge", "half:edge"), ("killed-layer", "killed:layer"),
                ("killed-chain", "killed:chain"),
            ] { try repository.push(layout, as: name) }
            let hosts = "hosts:\n  registry.example.org: {mirrors: ['\(registry.url)'], insecure-http: true}\n"
            let folder = sandbox.path.appending(".config/wafer")
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            try Data(hosts.utf8).write(to: URL(filePath: folder.appending("hosts.yaml").string))
            try await sandbox.succeed("init")
            try await sandbox.succeed("repository", "add", fqrn, "--storage", "srv", "--keys", "keys")
            // The stock collection that trimmed it did not sign its reference log anew; the next revision does.
            let before = try await repository.faults()
            try #require(before.allSatisfy { $0.contains("reflog hash") || $0 == "errors: 1" }, "\(before)")
            try await body(repository)
            #expect(try await repository.faults().filter { !before.contains($0) } == [])
        }
    }

    private struct Layout: Decodable {
        struct Entry: Decodable {
            let digest: String
        }
        let manifests: [Entry]
    }

    /// Puts the image of a layout into the registry, by a name such as `app:1`.
    func push(_ layout: String, as name: String) throws {
        let folder = URL(filePath: sandbox.path.appending("images/\(layout)").string)
        let blobs = folder.appending(path: "blobs/sha256")
        let index = try JSONDecoder().decode(Layout.self, from: Data(contentsOf: folder.appending(path: "index.json")))
        let manifest = try #require(index.manifests.first?.digest.split(separator: ":").last.map(String.init))
        for blob in try FileManager.default.contentsOfDirectory(atPath: blobs.path) where blob != manifest {
            try registry.addBlob(Array(Data(contentsOf: blobs.appending(path: blob))))
        }
        let parts = name.split(separator: ":").map(String.init)
        try registry.addManifest(
            Array(Data(contentsOf: blobs.appending(path: manifest))),
            .ociManifest,
            to: "fixture/\(parts[0])",
            tag: parts[1]
        )
    }

    /// What the independent checker finds.
    func faults() async throws -> [String] {
        try await RepositoryChecker.faults(
            in: sandbox.path.appending("srv"),
            fqrn: Self.fqrn,
            keys: sandbox.path.appending("keys")
        )
    }

    /// The layers that were downloaded since the registry's requests were last forgotten.
    func fetchedLayers() throws -> Set<String> {
        let blobs = try registry.fetchedBlobs.filter { text in
            let bytes = registry.blob(try Digest(parsing: text)) ?? []
            return bytes.starts(with: [0x1F, 0x8B])
        }
        return Set(blobs)
    }

    /// All paths of the published revision, with types, owners, sizes, times and targets, but for hidden ones at the top that no
    /// client reads.
    func paths() async throws -> Set<String> {
        let listing = try await sandbox.succeed("repository", "ls", "-l", "-R", Self.fqrn, "/")
        return Set(listing.split(separator: "\n").map(String.init))
    }

    /// The signed manifest of the repository: it changes with every revision.
    func published() throws -> Data {
        try Data(contentsOf: URL(filePath: sandbox.path.appending("srv/.cvmfspublished").string))
    }

    /// A file of the published revision.
    func cat(_ path: String) async throws -> String { try await sandbox.succeed("repository", "cat", Self.fqrn, path) }
}
