import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing

/// Images as podman knows them.
enum PodmanSamples {
    static let created = "2026-11-23T19:31:02Z"

    /// The documents of an image that says `name`; `members` come in the place of the configuration's own.
    static func documents(
        _ name: String,
        configuration members: [String: JSONValue] = [:],
        manifest changes: [String: JSONValue] = [:]
    ) throws -> (manifest: [UInt8], configuration: [UInt8], digest: Digest) {
        let standard: [String: JSONValue] = [
            "architecture": .string("amd64"), "os": .string("linux"), "created": .string(created),
            "config": .object(["Cmd": words("/bin/busybox", "echo", name)]),
            "rootfs": .object(["type": .string("layers"), "diff_ids": words("sha256:" + hex("1"))]),
        ]
        let configuration = try JSONDocument.encode(standard.merging(members) { $1 })
        let digest = try Digest.sha256(of: configuration)
        let standardManifest: [String: JSONValue] = [
            "schemaVersion": .integer(2), "mediaType": .string(MediaType.dockerManifest.rawValue),
            "config": descriptor(.dockerConfiguration, "\(digest)", configuration.count),
            "layers": .array([descriptor(.dockerLayer, "sha256:" + hex("2"), 3)]),
        ]
        return (try JSONDocument.encode(standardManifest.merging(changes) { $1 }), configuration, digest)
    }

    /// An image of those documents.
    static func image(
        _ name: String,
        names: [String]? = nil,
        size: Int64 = 1_000,
        configuration members: [String: JSONValue] = [:],
        manifest changes: [String: JSONValue] = [:]
    ) throws -> PodmanImage {
        let documents = try documents(name, configuration: members, manifest: changes)
        return try PodmanImage(
            names: names ?? ["example.org/x/\(name):1"],
            manifest: documents.manifest,
            configuration: documents.configuration,
            size: size,
            tree: tree(documents.digest)
        )
    }

    static func tree(_ digest: Digest) throws -> BytePath {
        try BytePath(".flat/\(digest.hex.prefix(2))/\(digest.hex)")
    }

    static func words(_ texts: String...) -> JSONValue { .array(texts.map(JSONValue.string)) }

    static func hex(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    static func descriptor(_ type: MediaType, _ digest: String, _ size: Int) -> JSONValue {
        .object([
            "mediaType": .string(type.rawValue), "digest": .string(digest), "size": .integer(Int64(size)),
        ])
    }
}
