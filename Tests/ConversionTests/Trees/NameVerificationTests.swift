import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

@Suite("Verification of names") struct NameVerificationTests {
    @Test("finds those that lead elsewhere, and misses only those that are wanted") func names() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture, formats: [.layers, .flat, .thin])
            let name = try tree.name
            let target = "../\(tree.root)"
            try tree.edit { try $0.remove(name) }
            expectLines(
                try await tree.findings().differences,
                ["\(name.absolute) is missing: it should lead to \(target)"]
            )
            expectLines(try await tree.findings([]).differences, [])
            try tree.edit { try $0.writeSymlink(name, Array("../.flat/00/00".utf8)) }
            for wanted in [[tree.desiderata], []] {
                let line = "\(name.absolute) leads to ../.flat/00/00, not to \(target)"
                expectLines(try await tree.findings(wanted).differences, [line])
            }
            // What others made is nobody's business where nobody wants it.
            try tree.edit {
                try $0.remove(name)
                try $0.writeFile(name, Array(target.utf8))
            }
            expectLines(try await tree.findings().differences, ["is no link to \(target)"])
            expectLines(try await tree.findings([]).differences, [])
            try tree.edit {
                try $0.remove(name)
                try $0.writeSymlink(name, Array(target.utf8))
                let former = try BytePath("former/app:1")
                try $0.makeDirectory(try #require(former.parent))
                try $0.writeSymlink(former, Array("../\(tree.root)".utf8))
                let source = try ImageSource(parsing: fixture.registry.reference("app:1"), folder: "/")
                let path = try RepositoryLayout.imageRecord(source)
                let record = String(decoding: try #require(try $0.tree.readFile(path)), as: UTF8.self)
                let other = record.replacing("\"names\":[", with: "\"names\":[\"\(former)\",")
                try $0.writeFile(path, Array(other.utf8))
            }
            expectLines(
                try await tree.findings().differences,
                ["/former/app:1 is there, but is no name that the image shall have"]
            )
        }
    }

    @Test("looks at each platform that is wanted, or at the one that is chosen") func platforms() async throws {
        try await ConversionFixture.with { fixture in
            let platforms = [
                Platform(os: "linux", architecture: "amd64"),
                Platform(os: "linux", architecture: "arm64", variant: "v8"),
                Platform(os: "linux", architecture: "riscv64"),
            ]
            let images = try platforms.map { platform in
                try fixture.registry.addImage(
                    "app",
                    tag: nil,
                    layers: [
                        SampleLayers.base, SampleLayers.single("arch", RawBytes(stringLiteral: platform.description)),
                    ],
                    platform: platform,
                    mediaType: .ociManifest
                )
            }
            try fixture.registry.addIndex("app", tag: "1", images: images)
            let one = try await fixture.desire("app:1", formats: [.layers, .flat, .podman, .thin])
            let desiderata = try await fixture.state.wishes.setDesiderata(
                one.id,
                platforms: ["linux/amd64", "linux/arm64"],
                at: Date()
            )
            _ = try await fixture.converter().convert(desiderata)
            func differences(_ wanted: [Desiderata], _ platform: Platform? = nil) async throws -> [String] {
                try await fixture.findings("app:1", wanted: wanted, platform: platform).differences
            }
            let started = fixture.events.startedLayers
            #expect(try await differences([desiderata]) == [])
            #expect(fixture.events.startedLayers == started + 4)
            for platform in platforms.prefix(2) {
                #expect(try await differences([desiderata], platform) == [])
                #expect(try await differences([], platform) == [])
            }
            #expect(fixture.events.startedLayers == started + 12)
            // One that nobody wants was not converted.
            let foreign = try await differences([desiderata], platforms[2])
            #expect(
                foreign.contains { $0.contains("is not the manifest") || $0.contains("is missing: the image was not") }
            )

            let host = fixture.registry.host
            _ = try fixture.repository.edit(.test) { transaction in
                try transaction.remove(try BytePath("\(host)/app:1"))
                try transaction.remove(try BytePath(".multiarch/arm64/\(host)/app:1"))
                try transaction.remove(try BytePath(".multiarch/x86_64"))
            }
            let missing = [
                "linux/amd64: /\(host)/app:1 is missing: it should lead to ../.multiarch/$(CVMFS_ARCH:-amd64)/",
                "linux/amd64: /.multiarch/x86_64 is missing",
                "linux/arm64/v8: /.multiarch/arm64/\(host)/app:1 is missing",
            ]
            expectLines(try await differences([desiderata]), missing)
            expectLines(try await differences([desiderata], platforms[1]), [missing[2]])
        }
    }
}
