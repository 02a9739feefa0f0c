import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Verification of root file systems") struct TreeVerificationTests {
    @Test("finds no difference in what was converted, for podman or not, wanted or not") func equal() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            for wanted in [[tree.desiderata], []] {
                let findings = try await tree.findings(wanted)
                #expect(findings.differences == [] && findings.notCompared == [])
            }
        }
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture, formats: [.layers, .flat, .thin])
            #expect(try await tree.findings().differences == [])
        }
    }

    @Test("finds entries that are missing, otherwise or too many, and the same in what is added") func entries()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            func renamed(_ row: CatalogEntry) -> CatalogEntry {
                var row = row
                row.name = Array("more".utf8)
                return row
            }
            let other = try fixture.repository.reader.tree()
                .entry(
                    at: RepositoryLayout.layerRoot(tree.image.manifest.layers[1].digest).appending(BytePath("bin/b"))
                )
            let more = SubtreeEntry(path: try BytePath("usr/more"), row: try renamed(#require(other)))
            try tree.rewrite([more]) { path, row in
                switch path {
                case "usr/bin/b", "links/two", "proc": return false
                case "links/one": row.linkCount = 1
                case "etc/shadow": row.mode = 0o100600
                case "usr/bin/a":
                    row.modified += 1
                    row.xattrs = nil
                    row.hash = other?.hash
                case "fifo": row.uid = 7
                case "many/7", ".singularity.d/runscript": row.hash = other?.hash
                case "many/8": row.size = 7
                case "bin":
                    row.symlink = Array("usr/sbin".utf8)
                    row.size = 8
                default: break
                }
                return true
            }
            let findings = try await tree.findings()
            #expect(findings.notCompared == [])
            let root = tree.root.absolute
            expectLines(
                findings.differences,
                [
                    "\(root)/usr/bin/b is missing", "\(root)/links/two is missing", "\(root)/proc is missing",
                    "\(root)/links/one: link count is 1, by its layers 2",
                    "\(root)/etc/shadow: mode is 100600, by its layers 100644",
                    "\(root)/usr/bin/a: modification time is 8, by its layers 7",
                    "\(root)/usr/bin/a: the extended attributes differ", "\(root)/usr/bin/a: the content differs",
                    "\(root)/usr/more is not in the layers", "\(root)/fifo: owner is 7:0, by its layers 0:0",
                    "\(root)/.singularity.d/runscript: the content ", "\(root)/many/7: the content ",
                    "\(root)/many/8: size is 7, by its layers 1",
                    "\(root)/bin: link target is usr/sbin, by its layers usr/bin",
                ]
            )
        }
    }

    @Test("holds the record against the image, and says what has none") func records() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            let text = String(
                decoding: try #require(try fixture.repository.reader.tree().readFile(tree.record)),
                as: UTF8.self
            )
            func write(_ text: String) throws { try tree.edit { try $0.writeFile(tree.record, Array(text.utf8)) } }
            let layer = tree.image.manifest.layers[0].digest.description
            try write(text.replacing(layer, with: tree.image.digest.description))
            // Which digests its layers had says nothing of what is in it.
            #expect(try await tree.findings().differences == [])
            try write(
                text.replacing("\"daemon\"", with: "\"root\"").replacing(/"entries" ?: ?\d+/, with: "\"entries\": 3")
            )
            expectLines(
                try await tree.findings().differences,
                ["says the user root, and that of the image is daemon", "says 3 entries, and the layers make"]
            )
            try write(text.replacing(/"form" ?: ?1/, with: "\"form\": 7"))
            expectLines(try await tree.findings().differences, ["made by the rules 7"])
            try write("{}")
            expectLines(try await tree.findings().differences, ["is not understood"])
            try tree.edit { try $0.remove(tree.record) }
            expectLines(try await tree.findings([]).differences, ["nobody knows how"])
            try write(text)
            try tree.edit { try $0.remove(tree.root) }
            expectLines(
                try await tree.findings().differences,
                [
                    "is missing: the image has no root file system", "is the record of no root file system",
                    "leads to no directory",
                ]
            )
            try tree.edit { try $0.remove(tree.record) }
            try tree.edit { try $0.remove(PodmanStore.root) }
            expectLines(try await tree.findings([]).differences, [])
        }
    }

    @Test("takes a tree that was made of other compressed layers with the same content for what it is")
    func recompressed()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let first = try await VerifiedTree(fixture)
            var layers: [InMemoryRegistry.Layer] = []
            for tar in VerifiedTree.layers {
                layers.append(.gzip(try await ExternalTool.run("gzip", ["-n", "-c"], input: tar), of: tar))
            }
            let members: [String: JSONValue] = [
                "config": .object(["WorkingDir": .string("/data"), "User": .string("daemon")])
            ]
            let image = try fixture.registry.addImage(
                "app",
                tag: "2",
                layers: layers,
                members: members,
                mediaType: .ociManifest
            )
            #expect(image.manifest.config == first.image.manifest.config)
            let second = try await fixture.desire("app:2", as: "thin/app:2", formats: [.layers, .flat, .podman, .thin])
            _ = try await fixture.converter().convert(second)
            for (name, wanted) in [("app:1", first.desiderata), ("app:2", second)] {
                let findings = try await fixture.findings(name, wanted: [wanted])
                #expect(findings.differences == [] && findings.notCompared == [], "\(name)")
            }
            // What is otherwise is found all the same.
            try first.edit { try $0.remove(first.path("etc/shadow")) }
            for name in ["app:1", "app:2"] {
                let differences = try await fixture.findings(name, wanted: []).differences
                #expect(differences.contains { $0.contains("etc/shadow") }, "\(name)")
            }
        }
    }

    @Test("does not compare a tree with layers that are not as they should be, and says so") func brokenLayers()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            let layer = RepositoryLayout.layerRoot(tree.image.manifest.layers[1].digest)
            try tree.edit { try $0.remove(layer.appending(try BytePath("var/cache/new"))) }
            let findings = try await tree.findings()
            #expect(findings.differences.allSatisfy { $0.hasPrefix("layer sha256:") } && !findings.differences.isEmpty)
            expectLines(findings.notCompared, ["\(tree.root.absolute) was not compared with layers"])
        }
    }
}
