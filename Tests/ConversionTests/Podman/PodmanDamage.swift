import Conversion
import Foundation
import Plumbing
import Testing

/// A store of two images, `a` and `b`, of which something of `a` is missing or wrong.
enum PodmanDamage: String, CaseIterable {
    case imagesLock, layersLock, imageList, layerList, brokenImageList, brokenLayerList, nullImage
    case manifest, otherManifest, configuration, otherConfiguration
    case link, linkWithNewline, shortName, shortNames, otherShortName, diff, tree, otherTree
    case layer, diffDigest, configurationAsDiff, sizeAsText, parent
    case names, nameTwice, badName, badDigest, badCreated, shortID, wrongSize, imageTwice

    /// What podman 4.3.1 does (whether `images`, `run` of `a`, `run` of `b` work), and who the check says stumbles.
    var expected: (podman: String, reach: PodmanStoreFault.Reach) {
        switch self {
        case .imagesLock, .layersLock, .layerList, .brokenLayerList, .nullImage, .nameTwice, .badDigest, .sizeAsText:
            ("---", .store)
        // A list that cannot be read is an empty one to it.
        case .imageList, .brokenImageList: ("+--", .store)
        case .badCreated: ("---", .store)
        case .manifest, .otherManifest, .configuration, .otherConfiguration, .layer, .diffDigest, .configurationAsDiff,
            .badName, .shortID, .parent:
            ("--+", .listing)
        case .link, .linkWithNewline, .shortName, .diff, .tree: ("+-+", .image)
        case .shortNames: ("+--", .image)
        // It runs, but as another image, or is not found by its name or digest.
        case .otherShortName, .otherTree, .wrongSize, .imageTwice: ("+++", .image)
        // An image without names is one.
        case .names: ("+-+", .image)
        }
    }

    func apply(to folder: PodmanFolder, _ image: PodmanImage, _ other: PodmanImage) throws {
        let (id, layer, link) = (image.id, try layer(of: image, folder), try link(of: image, folder))
        func remove(_ path: String) throws { try folder.remove(BytePath("podmanStore/\(path)")) }
        func write(_ path: String, _ text: String) throws {
            try folder.write(BytePath("podmanStore/\(path)"), Array(text.utf8))
        }
        func relink(_ path: String, _ target: String) throws {
            try remove(path)
            try FileManager.default.createSymbolicLink(
                atPath: folder.full("podmanStore/\(path)"),
                withDestinationPath: target
            )
        }
        let data = Data("sha256:\(id)".utf8).base64EncodedString()
        switch self {
        case .imagesLock: try remove("overlay-images/images.lock")
        case .layersLock: try remove("overlay-layers/layers.lock")
        case .imageList: try remove("overlay-images/images.json")
        case .layerList: try remove("overlay-layers/layers.json")
        case .brokenImageList: try write("overlay-images/images.json", "[{")
        case .brokenLayerList: try write("overlay-layers/layers.json", "[{")
        case .nullImage: try write("overlay-images/images.json", "[null]")
        case .manifest: try remove("overlay-images/\(id)/manifest")
        case .otherManifest: try write("overlay-images/\(id)/manifest", "{}")
        case .configuration: try remove("overlay-images/\(id)/=\(data)")
        case .otherConfiguration: try write("overlay-images/\(id)/=\(data)", "{}")
        case .link: try remove("overlay/\(layer)/link")
        case .linkWithNewline: try write("overlay/\(layer)/link", "\(link)\n")
        case .shortName: try remove("overlay/l/\(link)")
        case .shortNames: try remove("overlay/l")
        case .otherShortName: try relink("overlay/l/\(link)", "../\(try self.layer(of: other, folder))/diff")
        case .diff: try remove("overlay/\(layer)/diff")
        case .tree: try folder.remove(image.tree)
        case .otherTree: try relink("overlay/\(layer)/diff", "../../../\(other.tree)")
        default: try change(folder, image, other)
        }
    }

    /// What is wrong in the lists.
    private func change(_ folder: PodmanFolder, _ image: PodmanImage, _ other: PodmanImage) throws {
        func edit(_ path: BytePath, _ id: String, _ change: (inout [String: JSONValue]) -> Void) throws {
            var list = try JSONValue(parsing: try #require(folder.bytes(path))).array ?? []
            let index = try #require(list.firstIndex { $0.object?["id"]?.string == id })
            var entry = list[index].object ?? [:]
            change(&entry)
            if self == .imageTwice { list.append(.object(entry)) } else { list[index] = .object(entry) }
            try folder.write(path, JSONDocument.encode(JSONValue.array(list)))
        }
        func entry(_ change: (inout [String: JSONValue]) -> Void) throws {
            try edit(PodmanStore.images, image.id, change)
        }
        let id = try self.layer(of: image, folder)
        func layer(_ change: (inout [String: JSONValue]) -> Void) throws { try edit(PodmanStore.layers, id, change) }
        switch self {
        case .layer: try layer { $0["id"] = .string(PodmanSamples.hex("f")) }
        case .diffDigest: try layer { $0["diff-digest"] = nil }
        case .configurationAsDiff: try layer { $0["diff-digest"] = .string("sha256:\(image.id)") }
        case .sizeAsText: try layer { $0["diff-size"] = .string("1") }
        case .parent: try layer { $0["parent"] = .string(PodmanSamples.hex("f")) }
        case .names: try entry { $0["names"] = PodmanSamples.words("example.org/x/a") }
        case .nameTwice: try entry { $0["names"] = .array(other.names.map(JSONValue.string)) }
        case .badName: try entry { $0["names"] = PodmanSamples.words("Example//x:::") }
        case .badDigest: try entry { $0["digest"] = .string("sha256:zz") }
        case .badCreated: try entry { $0["created"] = .string("2026-11-23 19:31:02") }
        case .shortID: try entry { $0["id"] = .string(String(image.id.prefix(12))) }
        case .wrongSize: try entry { $0["big-data-sizes"] = .object(["manifest": .integer(3)]) }
        case .imageTwice: try entry { $0["names"] = nil }
        default: Issue.record("not a fault of a list: \(self)")
        }
    }

    private func layer(of image: PodmanImage, _ folder: PodmanFolder) throws -> String {
        let list = try JSONValue(parsing: try #require(folder.bytes(PodmanStore.images))).array ?? []
        let entry = try #require(list.first { $0.object?["id"]?.string == image.id })
        return try #require(entry.object?["layer"]?.string)
    }

    private func link(of image: PodmanImage, _ folder: PodmanFolder) throws -> String {
        try folder.text("podmanStore/overlay/\(layer(of: image, folder))/link")
    }
}
