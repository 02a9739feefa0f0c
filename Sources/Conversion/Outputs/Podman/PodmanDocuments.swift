import OCI
import Plumbing

/// The two documents of an image as podman reads them. Others that a registry has, and Docker or containerd take, end all
/// `podman images` of the store.
enum PodmanDocuments {
    /// The digest of the configuration that a manifest names. Throws ``ConversionError`` with what podman refuses in it.
    static func configuration(ofManifest bytes: [UInt8]) throws -> Digest {
        do {
            let reader = try JSONReader(parsing: bytes, kind: "manifest")
            for name in ["manifests", "fsLayers"] where try reader.optional(name) != nil {
                throw ConversionError(
                    "the manifest has the member \"\(name)\", which belongs to another kind of document"
                )
            }
            try check(reader)
            return try Digest(parsing: reader.member("config").member("digest").string())
        } catch let error as JSONError {
            throw ConversionError(error.description)
        }
    }

    /// The time that a configuration says it was made, nil where it says none. Throws ``ConversionError`` with what podman
    /// refuses in it.
    static func created(inConfiguration bytes: [UInt8]) throws -> String? {
        do {
            let reader = try JSONReader(parsing: bytes, kind: "image configuration")
            if let fault = PodmanShapes.configuration.fault(in: reader.value) {
                throw ConversionError("podman cannot read the image's configuration: \(fault)")
            }
            return try reader.optional("created")?.string()
        } catch let error as JSONError {
            throw ConversionError(error.description)
        }
    }

    private static func check(_ manifest: JSONReader) throws {
        let type = try manifest.optional("mediaType").map { MediaType(rawValue: try $0.string()) }
        func refused(_ problem: String) -> ConversionError {
            ConversionError("podman cannot read the image's manifest: \(problem)")
        }
        if let type, type.isIndex { throw refused("it says that it is an index") }
        let isDocker = type == .dockerManifest
        let shape = isDocker ? PodmanShapes.dockerManifest : PodmanShapes.ociManifest
        if let fault = shape.fault(in: manifest.value) { throw refused(fault) }
        guard isDocker else {
            let type = try manifest.member("config").optional("mediaType")?.string() ?? ""
            guard type == MediaType.ociConfiguration.rawValue else {
                throw refused("an OCI manifest has a configuration of the type \"\(Printable.text(type))\"")
            }
            return
        }
        for layer in try manifest.optional("layers")?.array() ?? [] {
            let type = try layer.optional("mediaType")?.string() ?? ""
            guard dockerLayers.contains(type) else {
                throw refused("a manifest of Docker's has a layer of the type \"\(Printable.text(type))\"")
            }
        }
    }

    /// What containers/image takes in a manifest of Docker's (`SupportedSchema2MediaType`, of podman 4.3).
    private static let dockerLayers: Set<String> = [
        "application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ]
}
