import Foundation
import OCI
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A repository that is filled as OSG's program does it: trees in `.images`, absolute links as names, and nothing else.
@Suite("Adopting a repository of OSG's program", .timeLimit(.minutes(5)))
struct AdoptOSGTests {
    private static let fqrn = "singularity.example.org"

    @Test("its images stay until their tags move, and go when nobody wants them")
    func images() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, image in
            let folder = sandbox.path
            let manifest = try #require(registry.manifest("app", "1"))
            guard case .image(let decoded) = try RawManifest(bytes: manifest).decoded else { return }
            let hash = try Digest.sha256(of: decoded.layers.flatMap { Array($0.digest.hex.utf8) }).hex
            let (first, rest) = (hash.prefix(2), hash.dropFirst(2))
            let made = try await sandbox.shell(
                """
                set -e
                mkdir -p images/\(first)/\(rest)/bin images/aa/\(rest) names
                echo tool > images/\(first)/\(rest)/bin/tool
                ln -s /cvmfs/\(Self.fqrn)/.images/\(first)/\(rest) names/app:1
                for folder in images names; do tar -C $folder -cf $folder.tar .; done
                "$wafer" repository ingest \(Self.fqrn) /.images images.tar
                "$wafer" repository ingest \(Self.fqrn) /library names.tar
                "$wafer" repository set \(Self.fqrn) --names 'library/{repository}:{reference}'
                """
            )
            #expect(made.code == 0, "\(made.errors)")
            try Data("\(image)\n".utf8).write(to: URL(filePath: folder.appending("docker_images.txt").string))
            let done = try await sandbox.succeed("adopt", Self.fqrn, "--recipe", "docker_images.txt")
            #expect(done.contains("  1 image, as far as can be told without a download\n"), "\(done)")
            #expect(done.contains("  2 root file systems, to which 1 name leads\n"), "\(done)")
            registry.forgetRequests()
            for _ in 1...2 {
                #expect(try await sandbox.succeed("convert").contains(": up to date, revision 3\n"))
            }
            #expect(!registry.fetchedBlobs.contains { decoded.layers.map(\.digest.description).contains($0) })
            // One that no name leads to goes; the other stays.
            let pruned = try await sandbox.succeed("prune", "--grace", "0s")
            #expect(pruned.contains("1 former root file system"), "\(pruned)")
            #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/.images").contains(first))

            try registry.addImage("app", tag: "1", layers: [Layers.base])
            #expect(try await sandbox.succeed("convert").contains(": converted, revision "))
            let names = try await sandbox.succeed("repository", "ls", "-l", Self.fqrn, "/library")
            #expect(names.contains("app:1 -> ../.flat/"), "\(names)")
            try await sandbox.succeed("prune", "--grace", "0s")
            let left = try await sandbox.succeed("repository", "ls", Self.fqrn, "/.images")
            #expect(left.split(separator: "\n").allSatisfy { $0.hasPrefix(".cvmfs") }, "\(left)")
        }
    }

    @Test("names of images that nobody put on a list are taken for Docker Hub's")
    func names() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            let digits = String(repeating: "b", count: 62)
            let made = try await sandbox.shell(
                """
                mkdir -p names && ln -s /cvmfs/\(Self.fqrn)/.images/bb/\(digits) names/redis:7
                tar -C names -cf names.tar . && "$wafer" repository ingest \(Self.fqrn) /library names.tar
                """
            )
            #expect(made.code == 0, "\(made.errors)")
            let plan = try await sandbox.succeed("adopt", Self.fqrn, "--dry-run")
            #expect(
                plan.contains(
                    "not complete: https://registry.hub.docker.com/library/redis:7\n  it has a name that leads nowhere\n"
                )
            )
            #expect(plan.contains("name its list with --recipe"), "\(plan)")
        }
    }
}
