import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("What changes in podman's store")
struct PodmanStoreChangeTests {
    /// Runs a test with an empty repository.
    private func withFolder(_ body: (PodmanFolder) throws -> Void) async throws {
        try await withTemporaryFolder(inMemory: true) { try body(PodmanFolder(path: $0)) }
    }

    private func apply(_ change: PodmanStoreChange, to folder: PodmanFolder) throws { try folder.apply(change.edits()) }

    private func entries(_ path: BytePath, in folder: PodmanFolder) throws -> [[String: JSONValue]] {
        let list = try JSONValue(parsing: try #require(folder.bytes(path)))
        return try #require(list.array).map { try #require($0.object) }
    }

    /// The names of each image.
    private func names(in folder: PodmanFolder) throws -> [String: [String]] {
        let pairs = try entries(PodmanStore.images, in: folder).map { entry in
            (entry["id"]?.string ?? "", entry["names"]?.array?.compactMap(\.string) ?? [])
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test("the files of one image, byte for byte")
    func bytes() async throws {
        try await withFolder { folder in
            let image = try PodmanSamples.image("a", size: 219_000_000)
            try folder.apply(image.edits())
            let id = "ee330931ddb99ca925444209a621bb7948ddd198602130013d5b704671f4bc3a"
            #expect(image.id == id)
            #expect(try folder.everything() == Expected.files(of: image))
            // Only its tree is not there.
            let diff = try BytePath("podmanStore/overlay/\(Expected.layer)/diff")
            #expect(try folder.check.faults().map(\.path) == [diff])
        }
    }

    private enum Expected {
        // sha256("flat:" + id), and the first 26 digits of its base 32, by sha256sum(1) and base32(1).
        static let layer = "e917cc2ff988f0ff3ea519d64a9e5cf1d90e2c31ca906448081ecf198ddf8617"
        static let link = "5EL4YL7ZRDYP6PVFDHLEVHS46H"

        static func files(of image: PodmanImage) -> [String: String] {
            let (id, manifest) = (image.id, "\(image.manifestDigest)")
            let configuration = "sha256:\(id)"
            let data = Data(configuration.utf8).base64EncodedString()
            return [
                "podmanStore/overlay-images/images.lock": "", "podmanStore/overlay-layers/layers.lock": "",
                "podmanStore/overlay-images/images.json": """
                [
                {"big-data-digests":{"manifest":"\(manifest)","\(configuration)":"\(configuration)"},\
                "big-data-names":["\(configuration)","manifest"],\
                "big-data-sizes":{"manifest":\(image.manifest.count),"\(configuration)":\(image.configuration.count)},\
                "created":"2026-11-23T19:31:02Z","digest":"\(manifest)","id":"\(id)","layer":"\(layer)",\
                "names":["example.org/x/a:1"]}
                ]

                """,
                "podmanStore/overlay-layers/layers.json": """
                [
                {"created":"2026-11-23T19:31:02Z","diff-digest":"sha256:\(layer)","diff-size":219000000,"id":"\(layer)"}
                ]

                """,
                "podmanStore/overlay-images/\(id)/manifest": String(decoding: image.manifest, as: UTF8.self),
                "podmanStore/overlay-images/\(id)/=\(data)": String(decoding: image.configuration, as: UTF8.self),
                "podmanStore/overlay/\(layer)/link": link,
                "podmanStore/overlay/\(layer)/diff": "-> ../../../.flat/\(id.prefix(2))/\(id)",
                "podmanStore/overlay/l/\(link)": "-> ../\(layer)/diff",
                // By sha256sum(1) of the name.
                "podmanStore/names/5b/example.org/x/a:1": "-> \(id)",
            ]
        }
    }

    @Test("the same images give the same bytes, in any order and twice")
    func order() async throws {
        let images = try ["a", "b", "c", "d"].map { try PodmanSamples.image($0) }
        var seen: Set<[String: String]> = []
        for order in [images, images.reversed(), [images[2], images[0], images[2], images[3], images[1]]] {
            try await withFolder { folder in
                for image in order { try folder.apply(image.edits()) }
                seen.insert(try folder.everything())
            }
        }
        try await withFolder { folder in
            try apply(PodmanStoreChange(images: images), to: folder)
            seen.insert(try folder.everything())
        }
        #expect(seen.count == 1)
        let ids = try JSONValue(parsing: Array(try #require(seen.first?["\(PodmanStore.images)"]).utf8)).array?
            .compactMap { $0.object?["id"]?.string }
        #expect(ids == images.map(\.id).sorted())
    }

    @Test("entries of others keep their bytes, and unknown members of Wafer's own stay")
    func strangers() async throws {
        try await withFolder { folder in
            let image = try PodmanSamples.image("a")
            let stranger = #"{ "names" : ["example.org/y:1"], "id":"0000", "a": 1.50e1, "b": 18446744073709551616 }"#
            let own = #"{"Names":["example.org/z:1"],"Layer":"old","metadata":"{}","id":"\#(image.id)"}"#
            try folder.write(PodmanStore.images, Array("[\(own) ,\t\(stranger)]".utf8))
            try folder.write(PodmanStore.layers, Array(#"[{"id":"0001","diff-size": 3}]"#.utf8))
            try folder.apply(image.edits())
            let list = try folder.text("\(PodmanStore.images)")
            #expect(list.hasPrefix("[\n\(stranger),\n{"), "\(list)")
            let entry = try #require(try entries(PodmanStore.images, in: folder).last)
            #expect(entry["metadata"]?.string == "{}")
            #expect(entry["Layer"] == nil && entry["Names"] == nil)
            #expect(entry["names"] == PodmanSamples.words("example.org/x/a:1", "example.org/z:1"))
            #expect(try folder.text("\(PodmanStore.layers)").hasPrefix("[\n{\"id\":\"0001\",\"diff-size\": 3},\n"))
        }
    }

    @Test("one name, one image; an image of several names loses one")
    func moving() async throws {
        try await withFolder { folder in
            let first = try PodmanSamples.image("a", names: ["example.org/x:1", "example.org/x:latest"])
            let second = try PodmanSamples.image("b", names: ["example.org/x:latest"])
            try folder.apply(first.edits())
            try folder.apply(second.edits())
            #expect(try names(in: folder) == [first.id: ["example.org/x:1"], second.id: ["example.org/x:latest"]])
            try folder.apply(PodmanSamples.image("b", names: ["example.org/x:1"]).edits())
            #expect(try names(in: folder) == [first.id: [], second.id: ["example.org/x:1", "example.org/x:latest"]])
            #expect(try !folder.text("\(PodmanStore.images)").contains("[]"))
            try folder.apply(PodmanStore.removing(name: "example.org/x:1"))
            #expect(try names(in: folder) == [first.id: [], second.id: ["example.org/x:latest"]])
        }
    }

    @Test("an image that goes leaves nothing but the lists and their locks")
    func removal() async throws {
        try await withFolder { folder in
            let (first, second) = (try PodmanSamples.image("a"), try PodmanSamples.image("b"))
            try folder.apply(second.edits())
            let before = try folder.everything()
            try folder.apply(first.edits())
            try folder.apply(PodmanStore.removal(of: first.id, names: first.names))
            #expect(try folder.everything() == before)
            try folder.apply(PodmanStore.removal(of: second.id, names: second.names))
            let left = try folder.everything()
            let lists = [PodmanStore.images, PodmanStore.imagesLock, PodmanStore.layers, PodmanStore.layersLock]
            #expect(left.keys.sorted() == lists.map(\.description))
            #expect(Set(left.values) == ["[]\n", ""])
            #expect(try folder.check.faults() == [])
        }
    }

    @Test("where there is no store, what goes makes none")
    func nothing() async throws {
        try await withFolder { folder in
            try folder.apply(PodmanStore.removal(of: PodmanSamples.hex("a")))
            try folder.apply(PodmanStore.removing(name: "example.org/x:1"))
            #expect(try PodmanStoreChange().edits() == [])
            #expect(try folder.everything() == [:])
            #expect(try folder.check.faults() == [])
        }
    }

    @Test("in one change an image that comes is stronger than one that goes, and its name than one that goes")
    func oneChange() async throws {
        try await withFolder { folder in
            let (first, second) = (try PodmanSamples.image("a"), try PodmanSamples.image("b"))
            try folder.apply(first.edits())
            let change = PodmanStoreChange(
                images: [second],
                removed: [first.id, second.id],
                removedNames: second.names
            )
            try apply(change, to: folder)
            #expect(try names(in: folder) == [second.id: second.names])
        }
    }

    @Test("whether an image is there, by all of its names")
    func presence() async throws {
        try await withFolder { folder in
            let image = try PodmanSamples.image("a")
            func has(_ names: [String]) throws -> Bool {
                let contents = try PodmanStore.paths(of: image.id).map { ($0, folder.bytes($0)) }
                let found = Dictionary(uniqueKeysWithValues: contents).compactMapValues(\.self)
                return try PodmanStore.has(image.id, named: names, in: found)
            }
            #expect(try !has([]))
            try folder.apply(image.edits())
            #expect(try has([]) && has(image.names))
            #expect(try !has(image.names + ["example.org/x:2"]))
            try folder.apply(PodmanSamples.image("b", names: image.names).edits())
            #expect(try has([]) && !has(image.names))
            try folder.apply(PodmanStore.removal(of: image.id, names: image.names))
            #expect(try !has([]))
        }
    }

    @Test("a list that is not understood is left alone", arguments: ["{}", "[{", "[] x"])
    func notUnderstood(_ list: String) async throws {
        try await withFolder { folder in
            try folder.write(PodmanStore.images, Array(list.utf8))
            let edits = try PodmanSamples.image("a").edits()
            let error = #expect(throws: ConversionError.self) { try folder.apply(edits) }
            #expect(error?.description.hasPrefix("/podmanStore/overlay-images/images.json is not") == true)
            #expect(try folder.text("\(PodmanStore.images)") == list)
        }
    }
}
