import Foundation
import SystemPackage
import TestSupport
import Testing

/// A repository that the real DUCC filled becomes Wafer's (docs/adopting.md).
@Suite("Adopting a repository of DUCC", .timeLimit(.minutes(5)))
struct AdoptTests {
    private static let fqrn = DUCCRepository.fqrn

    @Test("says what it finds and what it would do, and changes nothing in the repository")
    func findings() async throws {
        try await DUCCRepository.with { ducc in
            let before = try ducc.published()
            let plan = try await ducc.sandbox.succeed("adopt", Self.fqrn, "--dry-run")
            for line in [
                "ducc.example.org, revision 219, has of other programs:",
                "  5 images, of which 2 are not complete",
                "  12 layers, of which 3 are not complete",
                "  4 root file systems, to which 3 names lead",
                "  9 chains, which no client reads",
                "  5 images in podman's store",
                "not complete: \(DUCCRepository.image("half:edge"))",
                "not complete: \(DUCCRepository.image("killed:chain"))",
                "not complete, and of no image: layer \(DUCCRepository.Layer.lacksContent), which has no content",
                "would add 5 desideratas", "would adopt ducc.example.org; nothing was changed",
            ] { #expect(plan.split(separator: "\n").contains(Substring(line)), "\(line)\n\(plan)") }
            #expect(plan.contains("the layer \(DUCCRepository.Layer.cut), which is cut off: its tar is sha256:f61759"))
            #expect(plan.contains("layer \(DUCCRepository.Layer.lacksRecord), which has no layers.json"))
            #expect(try await ducc.sandbox.succeed("list-desideratas", "--format", "json") == "[]\n")

            let done = try await ducc.sandbox.succeed("adopt", Self.fqrn)
            #expect(done.contains("added 5 desideratas\nadopted ducc.example.org: nothing in it was changed\n"))
            let list = try await ducc.sandbox.succeed("list-desideratas", "--format", "json")
            for image in ["app:1", "whiteout:latest", "half:edge", "killed:chain"].map(DUCCRepository.image) {
                #expect(list.contains(image.replacing("/", with: "\\/")) || list.contains(image), "\(image)\n\(list)")
            }
            let again = try await ducc.sandbox.succeed("adopt", Self.fqrn)
            #expect(again.contains("added 0 desideratas, 5 were there\n"), "\(again)")
            #expect(try ducc.published() == before)
        }
    }

    @Test("images stay as they are, and nothing is downloaded, until a tag moves: then one revision has the new tree")
    func unchanged() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            try await sandbox.succeed("adopt", Self.fqrn)
            // The two that are not complete are another test's.
            for id in ["3", "4"] { try await sandbox.succeed("remove-desiderata", id) }
            let (before, published) = (try await ducc.paths(), try ducc.published())
            for pass in 1...2 {
                ducc.registry.forgetRequests()
                let text = try await sandbox.succeed("convert")
                #expect(
                    text.split(separator: "\n").count { $0.hasSuffix(": up to date, revision 219") } == 3,
                    "\(text)"
                )
                #expect(try ducc.fetchedLayers() == [])
                // The first pass compares manifests; afterwards a HEAD tells.
                #expect(
                    ducc.registry.requests.contains { $0.method == "GET" && $0.path.contains("/manifests/") }
                        == (pass == 1)
                )
            }
            #expect(try ducc.published() == published)

            try ducc.push("app-first", as: "app:1")
            let text = try await sandbox.succeed("convert")
            #expect(text.contains("converted, revision 220"), "\(text)")
            let after = try await ducc.paths()
            let link = try #require(after.first { $0.contains(" registry.example.org/fixture/app:1 -> ") })
            #expect(link.hasSuffix(".flat/77/77f43cd21029df84193a487fdcd32d898591da2c78b07845a3b15f59fd1ece8c"))
            #expect(
                after.contains {
                    $0.hasSuffix(
                        " .flat/77/77f43cd21029df84193a487fdcd32d898591da2c78b07845a3b15f59fd1ece8c/app/only-in-first"
                    )
                }
            )
            // Whoever it belongs to, as the image says and no longer as DUCC stored layers.
            let owned = try #require(
                after.first { $0.hasSuffix("\(DUCCRepository.Layer.base.dropFirst(7))/layerfs/home/user/file") }
            )
            #expect(owned.contains("1000  1000"), "\(owned)")
            for place in [".flat/6d", ".flat/a9", ".flat/7c", ".layers/59", "registry.example.org/fixture/whiteout"] {
                func part(_ paths: Set<String>) -> Set<String> { paths.filter { $0.contains(" \(place)") } }
                #expect(part(after) == part(before), "\(place)")
                #expect(!part(after).isEmpty, "\(place)")
            }
            // podman still reads every image of the store: the former one left with its name.
            let images = try await ducc.cat("/podmanStore/overlay-images/images.json")
            #expect(images.contains("77f43cd21029df84") && !images.contains("7cdf1d3e7f8d0d78"), "\(images)")
            #expect(try await sandbox.succeed("convert").contains("app:1): up to date, revision 220"))
        }
    }

    @Test("verify tells which layers are not complete, and convert brings what is missing")
    func repair() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            try await sandbox.succeed("adopt", Self.fqrn)
            for image in ["app:1", "whiteout:latest"].map(DUCCRepository.image) + [DUCCRepository.digested] {
                let text = try await sandbox.succeed("verify", image)
                #expect(text.contains("is equal to its registry's, except what is not stored:"), "\(text)")
            }
            let edge = DUCCRepository.image("half:edge")
            let found = try await sandbox.wafer("verify", edge)
            #expect(found.code == 1)
            let told = found.text.split(separator: "\n").filter { $0.hasPrefix("layer ") }
            #expect(told.allSatisfy { $0.hasPrefix("layer \(DUCCRepository.Layer.cut): ") }, "\(found.text)")
            #expect(told.contains { $0.contains("is cut off") && $0.hasSuffix("`wafer convert` brings the layer") })
            #expect(told.contains { $0.hasSuffix("half/record2 is missing") })

            ducc.registry.forgetRequests()
            let text = try await sandbox.succeed("convert")
            #expect(text.split(separator: "\n").count { $0.contains(": converted, revision 2") } == 2, "\(text)")
            #expect(try ducc.fetchedLayers().contains(DUCCRepository.Layer.cut))
            #expect(try !ducc.fetchedLayers().contains(DUCCRepository.Layer.base))
            for image in [edge, DUCCRepository.image("killed:chain")] {
                #expect(
                    try await sandbox.succeed("verify", image)
                        == "\(image) in \(Self.fqrn) is equal to its registry's\n"
                )
            }
        }
    }

    @Test("where the tree is there, only the layer that is not complete is brought, and the image stays")
    func repairOfOneLayer() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            // What a later run of DUCC leaves: a tree, and the layer as it was, which it takes for converted.
            let tree = ".flat/1f/1f1d58e816d83838257d3468a568ddd4605199f5e7ca68870108802c6a15ab4b"
            let made = try await sandbox.shell(
                """
                set -e
                mkdir -p tree/half names/fixture
                echo whole > tree/half/record0
                ln -s ../../\(tree) names/fixture/half:edge
                for folder in tree names; do tar -C $folder -cf $folder.tar .; done
                "$wafer" repository ingest \(Self.fqrn) /\(tree) tree.tar
                "$wafer" repository ingest \(Self.fqrn) /named names.tar
                """
            )
            #expect(made.code == 0, "\(made.errors)")
            try await sandbox.succeed("repository", "set", Self.fqrn, "--names", "named/{repository}:{reference}")
            try await sandbox.succeed("adopt", Self.fqrn)
            let before = try await ducc.paths()
            ducc.registry.forgetRequests()
            let text = try await sandbox.succeed("convert", "3")
            #expect(text.contains(": converted, revision 222: 1 layer new"), "\(text)")
            #expect(try ducc.fetchedLayers() == [DUCCRepository.Layer.cut])
            let changed = try await ducc.paths().symmetricDifference(before)
            #expect(changed.allSatisfy { $0.contains(" .layers") || $0.hasSuffix(" .cvmfscatalog") }, "\(changed)")
            #expect(try await sandbox.succeed("convert", "3").contains("up to date, revision 222"))
        }
    }

    @Test("prune removes chains, and what no image needs of DUCC's, and nothing else")
    func pruning() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            let foreign = try await sandbox.succeed("prune", "--grace", "0s")
            #expect(foreign == "\(Self.fqrn): nothing to remove; 12 layers of other programs stay\n")
            try await sandbox.succeed("adopt", Self.fqrn)
            let young = try await sandbox.succeed("prune", "--dry-run")
            #expect(
                young.hasPrefix(
                    "\(Self.fqrn): would remove 0 images, 0 layers, 0 former root file systems, /.chains, /.dirty-chains; "
                )
            )
            let before = try await ducc.paths()
            let plan = try await sandbox.succeed("prune", "--grace", "0s", "--dry-run")
            #expect(
                plan.contains(
                    "3 layers, 1 former root file system, /.chains, /.dirty-chains, 1 entry of DUCC in podman's store"
                )
            )
            let done = try await sandbox.succeed("prune", "--grace", "0s")
            #expect(done.replacing(", revision 220", with: "") == plan.replacing("would remove", with: "removed"))
            let after = try await ducc.paths()
            let gone = before.subtracting(after).map {
                $0.split(separator: " ").first { $0.hasPrefix(".") || $0.hasPrefix("podman") }
            }
            let right = [
                ".chains", ".dirty-chains", ".flat/77", ".layers/9f", ".layers/bd",
                ".layers/b1/\(DUCCRepository.Layer.lacksContent.dropFirst(7))",
                "podmanStore/overlay/372aba9b62f99500480b4046b2d6d993e1e02907e63ef8ff352df75ea93d6b11",
            ]
            // Directories that lost something have another time.
            let others = before.subtracting(after).filter { line in
                !line.hasPrefix("d") && !right.contains { line.contains(" \($0)") }
            }
            #expect(
                others.allSatisfy {
                    $0.contains("layers.json") || $0.contains("images.json") || $0.contains("podmanStore/overlay/l/")
                },
                "\(others)"
            )
            #expect(!gone.isEmpty && right.allSatisfy { place in !after.contains { $0.contains(" \(place)") } })
            #expect(try await sandbox.succeed("prune", "--grace", "0s").contains("nothing to remove"))
            // Whatever refers to something finds it.
            let text = try await sandbox.succeed("convert", "1", "2", "5")
            #expect(text.split(separator: "\n").count { $0.hasSuffix(": up to date, revision 219") } == 3, "\(text)")
        }
    }

    @Test("an image that nobody wants goes with its name, its metadata and its name for podman")
    func removal() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            try await sandbox.succeed("adopt", Self.fqrn)
            for id in ["1", "2"] { try await sandbox.succeed("remove-desiderata", id) }
            let done = try await sandbox.succeed("prune", "--grace", "0s")
            #expect(done.contains("removed 2 images, "), "\(done)")
            let names = try await sandbox.succeed("repository", "ls", Self.fqrn, "/registry.example.org/fixture")
            #expect(names == "whiteout:latest\n")
            let images = try await ducc.cat("/podmanStore/overlay-images/images.json")
            #expect(!images.contains("app:1") && !images.contains("fixture/digested"), "\(images)")
            try await sandbox.succeed("prune", "--grace", "0s")
            let paths = try await ducc.paths()
            for place in [
                ".flat/7c", ".flat/a9", ".layers/b1/b148cf10", ".layers/83", ".layers/8d",
                "podmanStore/overlay-images/7cdf",
            ] {
                #expect(!paths.contains { $0.contains(" \(place)") }, "\(place)")
            }
            #expect(paths.contains { $0.contains(" .layers/59/") })
            #expect(try await sandbox.succeed("convert", "5").contains("up to date"))
            #expect(try await !sandbox.succeed("repository", "check", Self.fqrn).contains("podman does not run"))
        }
    }

    @Test("another tag of an adopted image takes nothing from it when it goes")
    func sharedTree() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            try await sandbox.succeed("adopt", Self.fqrn)
            try ducc.push("app-moved", as: "app:2")
            let other = DUCCRepository.image("app:2")
            try await sandbox.desire(other, in: Self.fqrn, "--formats", "layers,flat,podman")
            try await sandbox.succeed("convert", "6")
            try await sandbox.succeed("remove-desiderata", "6")
            let plan = try await sandbox.succeed("remove-image", other, Self.fqrn, "--dry-run")
            #expect(!plan.contains("/.flat/"), "\(plan)")
            try await sandbox.succeed("remove-image", other, Self.fqrn)
            try await sandbox.succeed("prune", "--grace", "0s")
            let listing = try await sandbox.succeed(
                "repository",
                "ls",
                Self.fqrn,
                "/registry.example.org/fixture/app:1/app"
            )
            #expect(listing.contains("only-in-second"), "\(listing)")
            let images = try await ducc.cat("/podmanStore/overlay-images/images.json")
            #expect(images.contains("fixture/app:1") && !images.contains("fixture/app:2"), "\(images)")
            // When the last name goes, so does the tree.
            try await sandbox.succeed("remove-desiderata", "1")
            for _ in 1...2 { try await sandbox.succeed("prune", "--grace", "0s") }
            #expect(try await !ducc.paths().contains { $0.contains(" .flat/7c") })
        }
    }

    @Test("images that are made anew are Wafer's from then on, those without a tag among them")
    func madeAnew() async throws {
        try await DUCCRepository.with { ducc in
            let sandbox = ducc.sandbox
            try await sandbox.succeed("adopt", Self.fqrn)
            let text = try await sandbox.succeed("convert", "--convert-again", "1", "2")
            #expect(text.split(separator: "\n").count { $0.contains(": converted, revision ") } == 2, "\(text)")
            for id in ["1", "2"] { try await sandbox.succeed("remove-desiderata", id) }
            for image in [DUCCRepository.image("app:1"), DUCCRepository.digested] {
                try await sandbox.succeed("remove-image", image, Self.fqrn)
            }
            let names = try await sandbox.succeed("repository", "ls", Self.fqrn, "/registry.example.org/fixture")
            #expect(names == "whiteout:latest\n", "\(names)")
            let images = try await ducc.cat("/podmanStore/overlay-images/images.json")
            #expect(!images.contains("app:1") && !images.contains("digested"), "\(images)")
            for _ in 1...2 { try await sandbox.succeed("prune", "--grace", "0s") }
            let paths = try await ducc.paths()
            #expect(!paths.contains { $0.contains(" .flat/7c") || $0.contains(" .flat/a9") })
        }
    }

    @Test("desideratas come of its recipe, with thin images that are there already")
    func recipe() async throws {
        // A registry of its own for thin images: with a user for it, an image that comes from there may be private.
        try await InMemoryRegistry.with { thin in
            try await DUCCRepository.with { ducc in
                let sandbox = ducc.sandbox
                let recipe = """
                    version: 1
                    user: fixture
                    cvmfs_repo: \(Self.fqrn)
                    output_format: '\(thin.url)/thin/$(repository):$(tag)'
                    input:
                      - 'https://registry.example.org/fixture/app:1'
                      - 'https://registry.example.org/fixture/half:mid'
                    """
                try Data(recipe.utf8).write(to: URL(filePath: sandbox.path.appending("recipe.yaml").string))
                let plan = try await sandbox.succeed("adopt", Self.fqrn, "--recipe", "recipe.yaml", "--dry-run")
                #expect(plan.contains("would adopt"), "\(plan)")
                #expect(try await sandbox.succeed("list-desideratas", "--format", "json") == "[]\n")
                let done = try await sandbox.succeed("adopt", Self.fqrn, "--recipe", "recipe.yaml")
                let left = "no recipe names \(DUCCRepository.image("half:edge")): it stays as it is"
                #expect(done.contains(left) && plan.contains(left), "\(done)")
                #expect(done.contains("2 added") && done.contains("adopted \(Self.fqrn)"), "\(done)")
                let user = ["add-user", "-u", "fixture", "-r", thin.host, "--password-stdin", "--keep-password"]
                #expect(try await sandbox.wafer(user, input: "pass-word-1").code == 0)
                try thin.addImage("thin/fixture/app", tag: "1", layers: [Layers.base])
                ducc.registry.forgetRequests()
                let text = try await sandbox.wafer("convert")
                #expect(text.text.contains("app:1): up to date, revision 219"), "\(text.text) \(text.errors)")
                #expect(!thin.requests.contains { $0.method == "PUT" && $0.path.contains("/thin/fixture/app/") })
                #expect(text.text.contains("half:mid): converted, revision 220"), "\(text.text) \(text.errors)")
                #expect(try ducc.fetchedLayers().contains(DUCCRepository.Layer.lacksContent))
            }
        }
    }

    @Test("what cannot be adopted is said with the next step")
    func refused() async throws {
        try await withRepository("cd.cern.ch") { sandbox in
            let nothing = try await sandbox.succeed("adopt", "cd.cern.ch")
            #expect(
                nothing == "cd.cern.ch, revision 1, has nothing that DUCC or OSG's program made; 0 images of Wafer\n"
            )
            let unknown = try await sandbox.wafer("adopt", "other.cern.ch")
            #expect(unknown.code == 1 && unknown.errors.contains("wafer repository"), "\(unknown.errors)")
            let bad = "version: 1\nuser: a\ncvmfs_repo: other.cern.ch\noutput_format: x\ninput: []\n"
            try Data(bad.utf8).write(to: URL(filePath: sandbox.path.appending("bad.yaml").string))
            // Where there is nothing to adopt, no recipe is read.
            #expect(try await sandbox.succeed("adopt", "cd.cern.ch", "--recipe", "bad.yaml") == nothing)
        }
    }
}
