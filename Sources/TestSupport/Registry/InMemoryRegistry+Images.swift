package import OCI
package import Plumbing
import Synchronization

/// Putting images into the registry and looking at what was pushed.
extension InMemoryRegistry {
    /// A layer of an image.
    package struct Layer: Sendable {
        /// The bytes of the blob.
        package let bytes: [UInt8]
        /// The tar that they inflate to.
        package let tar: [UInt8]
        /// The type, without the family's name in front: `.tar`, `.tar.gzip` …
        package let mediaType: MediaType

        /// Any bytes as a layer, of any type.
        package init(bytes: [UInt8], tar: [UInt8], mediaType: MediaType) {
            self.bytes = bytes
            self.tar = tar
            self.mediaType = mediaType
        }

        /// A layer that is not compressed.
        package static func tar(_ tar: [UInt8]) -> Layer {
            Layer(bytes: tar, tar: tar, mediaType: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar"))
        }

        /// A layer whose tar was compressed to `bytes`.
        package static func gzip(_ bytes: [UInt8], of tar: [UInt8]) -> Layer {
            Layer(bytes: bytes, tar: tar, mediaType: .dockerLayer)
        }

        /// A layer whose tar was compressed to `bytes`.
        package static func zstd(_ bytes: [UInt8], of tar: [UInt8]) -> Layer {
            Layer(bytes: bytes, tar: tar, mediaType: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd"))
        }
    }

    /// An image in the registry.
    package struct Image: Sendable {
        /// The manifest's exact bytes.
        package let bytes: [UInt8]
        /// The manifest's digest.
        package let digest: Digest
        /// The manifest.
        package let manifest: Manifest
        /// The configuration's exact bytes.
        package let configuration: [UInt8]
        /// What it runs on.
        package let platform: Platform
    }

    /// Forgets the tags of an image repository; what they named stays under its digest.
    package func removeTags(of repository: String) {
        store.withLock { store in
            for tag in store.tags(repository) { store.manifests["\(repository):\(tag)"] = nil }
        }
    }

    /// Adds an image under a tag (nil: only under its digest).
    ///
    /// - Parameters:
    ///   - repository: the image repository.
    ///   - tag: the tag.
    ///   - layers: the layers, bottom to top.
    ///   - members: members of the configuration, `config` among them; they replace those that are made here.
    ///   - platform: what the image runs on.
    ///   - mediaType: Docker's or OCI's manifest type.
    /// - Returns: what is in the registry now.
    /// - Throws: what encoding and hashing throw.
    @discardableResult
    package func addImage(
        _ repository: String,
        tag: String?,
        layers: [Layer],
        members: [String: JSONValue] = [:],
        platform: Platform = .linuxAMD64,
        mediaType: MediaType = .dockerManifest
    ) throws -> Image {
        var document: [String: JSONValue] = [
            "architecture": .string(platform.architecture), "os": .string(platform.os),
            "created": .string("2024-05-06T07:08:09Z"),
            "config": .object(["Env": .array([.string("PATH=/usr/bin:/bin")])]),
            "rootfs": .object([
                "type": .string("layers"),
                "diff_ids": .array(try layers.map { .string(try Digest.sha256(of: $0.tar).description) }),
            ]),
        ]
        document["variant"] = platform.variant.map(JSONValue.string)
        let configuration = try JSONDocument.encode(document.merging(members) { $1 })
        let isDocker = mediaType == .dockerManifest
        let manifest = Manifest(
            mediaType: mediaType,
            config: try addBlob(configuration, isDocker ? .dockerConfiguration : .ociConfiguration),
            layers: try layers.map { try addBlob($0.bytes, $0.mediaType) }
        )
        let bytes = try manifest.encoded()
        let digest = try addManifest(bytes, mediaType, to: repository, tag: tag)
        return Image(bytes: bytes, digest: digest, manifest: manifest, configuration: configuration, platform: platform)
    }

    /// Adds an index of images. Returns its digest.
    @discardableResult
    package func addIndex(
        _ repository: String,
        tag: String?,
        images: [Image],
        mediaType: MediaType = .ociIndex
    ) throws -> Digest {
        let entries = images.map {
            Descriptor(
                mediaType: $0.manifest.mediaType ?? .ociManifest,
                digest: $0.digest,
                size: Int64($0.bytes.count),
                platform: $0.platform
            )
        }
        return try addManifest(
            Index(mediaType: mediaType, manifests: entries).encoded(),
            mediaType,
            to: repository,
            tag: tag
        )
    }

    /// Adds any bytes as a manifest. Returns their digest.
    @discardableResult
    package func addManifest(
        _ bytes: [UInt8],
        _ mediaType: MediaType,
        to repository: String,
        tag: String?
    ) throws -> Digest {
        let digest = try Digest.sha256(of: bytes)
        let stored = InMemoryRegistryStore.StoredManifest(bytes: bytes, mediaType: mediaType.rawValue, digest: digest)
        store.withLock { $0.put(stored, in: repository, tag: tag) }
        return digest
    }

    /// Adds a blob. Returns its descriptor.
    @discardableResult
    package func addBlob(
        _ bytes: [UInt8],
        _ mediaType: MediaType = MediaType(rawValue: "application/octet-stream")
    ) throws -> Descriptor {
        let digest = try Digest.sha256(of: bytes)
        store.withLock { $0.blobs["\(digest)"] = InMemoryRegistryStore.StoredBlob(piece: bytes, repetitions: 1) }
        return Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Adds a blob of a piece that repeats, which needs no memory for its whole length. Its digest is not its own.
    package func addLargeBlob(piece: [UInt8], repetitions: Int) throws -> Descriptor {
        let digest = try Digest.sha256(of: piece)
        store.withLock {
            $0.blobs["\(digest)"] = InMemoryRegistryStore.StoredBlob(piece: piece, repetitions: repetitions)
        }
        return Descriptor(mediaType: .dockerLayer, digest: digest, size: Int64(piece.count * repetitions))
    }

    /// The exact bytes of a manifest, by tag or digest.
    package func manifest(_ repository: String, _ reference: String) -> [UInt8]? {
        store.withLock { $0.manifest(repository, reference)?.bytes }
    }

    /// The bytes of a blob.
    package func blob(_ digest: Digest) -> [UInt8]? {
        store.withLock { $0.blobs["\(digest)"]?.piece }
    }
}

extension InMemoryRegistry {
    /// Lets a manifest be found under any digest, right or wrong.
    package func alias(_ repository: String, digest: Digest, to reference: String) {
        store.withLock { $0.manifests["\(repository)@\(digest)"] = $0.manifest(repository, reference) }
    }
}
