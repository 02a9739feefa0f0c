import Conversion
import Foundation
import OCI
import Plumbing
import TestSupport
import Testing

/// What podman itself makes of the store. As root, with overlay mounts and busybox-static.
@Suite("Podman", .enabled("podman does not run containers here") { await PodmanProgram.runs() })
struct PodmanTests {
    @Test("lists, inspects and runs the images of a store")
    func images() async throws {
        try await PodmanProgram.with { folder, podman in
            let first = try folder.addImage("a", names: ["docker.io/library/a:1", "example.org/x/a:1"])
            let second = try folder.addImage("b")
            let list = try JSONValue(parsing: Array(try await podman(["images", "--format", "json"]).utf8))
            let images = try #require(list.array).compactMap(\.object)
            #expect(Set(images.compactMap { $0["Id"]?.string }) == [first.id, second.id])
            let entry = try #require(images.first { $0["Id"]?.string == first.id })
            #expect(Set(entry["Names"]?.array?.compactMap(\.string) ?? []) == Set(first.names))
            #expect(entry["Digest"]?.string == "\(first.manifestDigest)")
            let inspected = try JSONValue(parsing: Array(try await podman(["inspect", "a:1"]).utf8))
            let image = try #require(inspected.array?.first?.object)
            #expect(image["Id"]?.string == first.id)
            #expect(image["Created"]?.string == PodmanSamples.created)
            #expect(try await podman.run("a:1") == "a\n")
            #expect(try await podman.run("example.org/x/b:1") == "b\n")
            for name in ["example.org/x/b@\(second.manifestDigest)", second.id] {
                #expect(try await podman.run(name, "/bin/busybox", "cat", "/etc/image") == second.id)
            }
            #expect(try folder.check.faults() == [])
        }
    }

    @Test("finds an image by the digest of an index that it was asked for by")
    func digest() async throws {
        try await PodmanProgram.with { folder, podman in
            let index = "sha256:" + PodmanSamples.hex("e")
            let source = try ImageSource(parsing: "example.org/x/a:1@\(index)", folder: "/")
            _ = try folder.addImage("a", names: PodmanName.names(of: source))
            for name in ["example.org/x/a@\(index)", "example.org/x/a:1@\(index)"] {
                #expect(try await podman.run(name) == "a\n")
            }
            #expect(try folder.check.faults() == [])
        }
    }

    @Test("does not find a name that was taken away, nor an image; a store of none, and catalogs' marks, are fine")
    func removal() async throws {
        try await PodmanProgram.with { folder, podman in
            let first = try folder.addImage("a")
            let second = try folder.addImage("b", names: first.names)
            for mark in ["podmanStore", "podmanStore/overlay", "podmanStore/overlay-images"] {
                try folder.write(BytePath("\(mark)/.cvmfscatalog"), [])
            }
            #expect(try await podman.run(first.names[0]) == "b\n")
            #expect(try await podman.run(first.id) == "a\n")
            try folder.apply(PodmanStore.removal(of: second.id))
            await #expect(throws: ExternalTool.Failure.self) { _ = try await podman.run(first.names[0]) }
            try folder.apply(PodmanStore.removal(of: first.id))
            #expect(try await podman(["images", "-q"]) == "")
        }
    }

    /// The whole table of docs/podman.md: whether the list, the image and another image still come.
    @Test("stumbles where the check says so", arguments: PodmanDamage.allCases)
    func damage(_ damage: PodmanDamage) async throws {
        try await PodmanProgram.with { folder, podman in
            let (image, other) = (try folder.addImage("a"), try folder.addImage("b"))
            try damage.apply(to: folder, image, other)
            let works = [
                await succeeds { _ = try await podman(["images", "-q"]) },
                await succeeds { _ = try await podman.run("example.org/x/a:1") },
                await succeeds { _ = try await podman.run("example.org/x/b:1") },
            ]
            #expect(works.map { $0 ? "+" : "-" }.joined() == damage.expected.podman)
        }
    }

    private func succeeds(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return true
        } catch {
            return false
        }
    }
}
