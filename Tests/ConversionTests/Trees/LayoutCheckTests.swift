import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Warnings of a repository's check") struct LayoutCheckTests {
    private func check(_ fixture: ConversionFixture, entryLimit: Int = 1_000_000) async throws -> LayoutReport {
        let reader = fixture.repository.reader
        return try await onDedicatedThread("check") { LayoutCheck(reader, entryLimit: entryLimit).run() }
    }

    @Test("there are none of what was converted, for one platform and for several, nor of what is not Wafer's")
    func sound() async throws {
        try await ConversionFixture.with { fixture in
            #expect(try await check(fixture).warnings == [])
            let tree = try await VerifiedTree(fixture)
            let platforms = ["amd64", "riscv64"].map { Platform(os: "linux", architecture: $0) }
            let images = try platforms.map { platform in
                try fixture.registry.addImage(
                    "both",
                    tag: nil,
                    layers: [SampleLayers.single("arch", RawBytes(stringLiteral: platform.description))],
                    platform: platform
                )
            }
            try fixture.registry.addIndex("both", tag: "1", images: images)
            let desiderata = try await fixture.desire("both:1", as: "thin/both:1")
            _ = try await fixture.converter().convert(
                fixture.state.wishes.setDesiderata(desiderata.id, platforms: ["all"], at: Date())
            )
            try tree.edit { try $0.writeSymlink(try BytePath("software"), Array("nowhere".utf8)) }
            let report = try await check(fixture)
            #expect(report.warnings == [] && report.trees == 3 && report.names == 4)
        }
    }

    @Test("names that lead nowhere") func names() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture, formats: [.layers, .flat, .thin])
            let root = tree.root.description
            try tree.edit { transaction in
                func link(_ path: String, _ target: String) throws {
                    let path = try BytePath(path)
                    if let parent = path.parent { try transaction.makeDirectory(parent) }
                    try transaction.writeSymlink(path, Array(target.utf8))
                }
                try link("good", root)
                try link("top", ".flat/ab/abcd")
                try link("host/deep/app:1", "../../.flat/\(tree.root.name.count)/\(root.suffix(64))")
                try link("host/app:2", "../\(root)/etc")
                try link("host/app:3", "../\(root)/nothing")
                try link(".multiarch/arm64/host/variant:1", "../../../\(root)")
                try link(".multiarch/amd64/host/variant:2", "../../../.flat/00/00")
                try link("host/variant:1", "../.multiarch/$(CVMFS_ARCH:-amd64)/host/variant:1")
                try link("host/variant:2", "../.multiarch/$(CVMFS_ARCH:-amd64)/host/variant:2")
                try link("host/variant:3", "../.multiarch/$(CVMFS_ARCH)/host/variant:3")
                try link(".multiarch/x86_64", "../.multiarch/amd64")
                try link(".multiarch/aarch64", "../.multiarch/nothing")
                try link("host/alias", "../.multiarch/x86_64/host/variant:2")
                try link("host/circle", "../.multiarch/amd64/host/circle")
                try link(".multiarch/amd64/host/circle", "../../../host/../.multiarch/amd64/host/circle")
            }
            let report = try await check(fixture)
            #expect(report.warnings.allSatisfy { $0.kind == .name && $0.text.contains("leads nowhere") })
            #expect(
                report.warnings.map(\.path) == [
                    "/.multiarch/amd64/host/variant:2", "/host/alias", "/host/app:3", "/host/circle",
                    "/host/deep/app:1", "/host/variant:2", "/host/variant:3", "/top",
                ]
            )
            let short = try await check(fixture, entryLimit: 3)
            #expect(short.warnings.last?.kind == .notChecked && short.warnings.last?.text.contains("than 3 ") == true)
        }
    }

    @Test("trees without a record, records without a tree, and what podman stumbles over") func parts() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            let bytes = try #require(try fixture.repository.reader.tree().readFile(tree.record))
            try tree.edit { try $0.remove(tree.record) }
            #expect(try await check(fixture).warnings.map { "\($0.kind) \($0.path)" } == ["tree \(tree.root.absolute)"])
            try tree.edit {
                try $0.writeFile(tree.record, bytes)
                try $0.remove(tree.root)
            }
            let report = try await check(fixture)
            #expect(report.warnings.map(\.kind) == [.name, .treeRecord, .podman])
            #expect(
                report.warnings.map(\.path).prefix(2) == [try tree.name.absolute, tree.record.absolute]
                    && report.warnings.last?.text.contains("leads to no directory") == true
            )
            try await fixture.expectSound()
        }
    }
}
