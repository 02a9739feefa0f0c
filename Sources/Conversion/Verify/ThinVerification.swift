import OCI
import Plumbing
import Registry
import State

/// Compares a thin image at its registry with the one that is made of an image, byte for byte.
struct ThinVerification {
    let registry: RegistryClient
    /// As what it was pushed, and with what its registry is asked.
    let name: StoredReference
    let credentials: RegistryCredentials?
    /// The repository that has the layers.
    let fqrn: String

    /// One line for each difference, or for what the registry does not give. `images` are those of the platforms that are wanted
    /// together.
    func differences(of images: [ResolvedImage]) async throws -> [String] {
        do {
            return try await compare(images, ImageReference(name)).map { "thin image \(name.text): \($0)" }
        } catch let error as RegistryError where error.code == .notFound {
            return ["thin image \(name.text) is missing: \(error)"]
        } catch let error as RegistryError {
            return ["thin image \(name.text) cannot be read: \(error)"]
        }
    }

    private func compare(_ images: [ResolvedImage], _ reference: ImageReference) async throws -> [String] {
        let found = try await registry.manifest(reference, credentials: credentials)
        let parts: [RawManifest]
        switch found.decoded {
        case .image:
            guard images.count == 1 else {
                return ["it is one image, and not one for each of \(images.count) platforms"]
            }
            parts = [found]
        case .index(let index):
            guard images.count > 1 else { return ["it is an index, and not one image"] }
            guard index.manifests.count == images.count else {
                return ["its index names \(index.manifests.count) images, and \(images.count) are wanted"]
            }
            var manifests: [RawManifest] = []
            for entry in index.manifests {
                manifests.append(
                    try await registry.manifest(reference.pinned(to: entry.digest), credentials: credentials)
                )
            }
            parts = manifests
        }
        let form: ThinForm = [.ociManifest, .ociIndex].contains(found.mediaType) ? .oci : .docker
        var differences: [String] = []
        var wanted: [ThinImage] = []
        for (image, part) in zip(images, parts) {
            let blobs = try await blobs(of: part, reference)
            let thin = try ThinImage(
                origin: image.source,
                layers: image.manifest.layers.map(\.digest),
                original: image.configuration,
                repository: fqrn,
                form: form,
                writer: blobs?.writer ?? WaferVersion.name
            )
            wanted.append(thin)
            let place = images.count > 1 ? "for \(image.platform), " : ""
            differences += Self.differences(part, blobs, thin).map { place + $0 }
        }
        if images.count > 1, differences.isEmpty {
            let index = ThinImageIndex(zip(wanted, images.map(\.platform)).map { ($0, $1) })
            if found.bytes != (try index.encoded()) { differences = ["its index is another one"] }
        }
        return differences
    }

    private static func differences(_ found: RawManifest, _ blobs: Blobs?, _ wanted: ThinImage) -> [String] {
        guard let blobs else { return ["it is no image with one layer"] }
        var differences: [String] = []
        if blobs.configuration != wanted.configuration { differences.append("its configuration is another one") }
        if blobs.layer != wanted.layer { differences.append("its thin.json is another one, which names other layers") }
        if differences.isEmpty, found.bytes != wanted.manifest { differences = ["its manifest is another one"] }
        return differences
    }

    /// What a thin image consists of.
    private struct Blobs {
        let configuration: [UInt8]
        let layer: [UInt8]

        /// The version of Wafer that made it, and says so in the configuration; nil where it says nothing of the kind.
        var writer: String? {
            // What is no configuration is another one anyway.
            guard let document = try? ImageConfiguration(bytes: configuration).document,
                case .array(let history)? = document["history"], case .object(let step)? = history.first,
                let writer = step["created_by"]?.string, writer.hasPrefix(WaferVersion.prefix)
            else { return nil }
            return writer
        }
    }

    private func blobs(of found: RawManifest, _ reference: ImageReference) async throws -> Blobs? {
        guard case .image(let manifest) = found.decoded, let layer = manifest.layers.first, manifest.layers.count == 1
        else {
            return nil
        }
        // What is longer is no thin image: it is not fetched.
        guard max(layer.size, manifest.config.size) <= RegistryClient.maximumSmallBlobSize else { return nil }
        return Blobs(
            configuration: try await registry.blob(manifest.config, of: reference, credentials: credentials),
            layer: try await registry.blob(layer, of: reference, credentials: credentials)
        )
    }
}
