import OCI
import Plumbing

/// An image that an archive describes by file names alone: its manifest is made here, the same one each time.
struct SavedImage: Sendable {
    private let manifest: Manifest
    private let blobs: [Digest: FileExtent]

    /// Looks at configuration and layers. Blocks.
    ///
    /// A layer that is a plain tar must be what the configuration's diff id says, and is named by it; whoever reads the
    /// layer compares. A compressed one is hashed here, which reads it once more.
    init(_ entry: DockerArchiveEntry, in files: some ImageFiles) throws {
        let file = try Self.existing(entry.configuration, files)
        let bytes = try file.bytes(limit: Int(RegistryClient.maximumSmallBlobSize), "the configuration")
        let configuration = try ImageConfiguration(bytes: bytes)
        guard configuration.diffIDs.count == entry.layers.count else {
            throw LocalFault(
                .invalidDocument,
                "its \(DockerArchiveEntry.file) names \(entry.layers.count) layers, but the configuration "
                    + "\(configuration.diffIDs.count) diff ids"
            )
        }
        let config = Descriptor(mediaType: .dockerConfiguration, digest: try .sha256(of: bytes), size: file.size)
        var blobs = [config.digest: file]
        var layers: [Descriptor] = []
        for (name, diffID) in zip(entry.layers, configuration.diffIDs) {
            let file = try Self.existing(name, files)
            let format = StreamFormat(firstBytes: try file.prefix(StreamFormat.prefixLength))
            let digest = format == .plain ? diffID : try file.digest(.sha256)
            layers.append(Descriptor(mediaType: Self.mediaType(format), digest: digest, size: file.size))
            if let other = blobs[digest], other.size != file.size {
                throw LocalFault(.sizeMismatch, "two layers of different sizes have the digest \(digest)")
            }
            blobs[digest] = file
        }
        manifest = Manifest(mediaType: .dockerManifest, config: config, layers: layers)
        self.blobs = blobs
    }

    /// The image under its name.
    func image(_ name: LocalImageName) throws -> LocalImage {
        let blobs = blobs
        return LocalImage(name, root: try RawManifest(bytes: manifest.encoded())) { blobs[$0] }
    }

    private static func existing(_ name: String, _ files: some ImageFiles) throws -> FileExtent {
        guard let file = try files.file(name) else {
            throw LocalFault(
                .notFound,
                "its \(DockerArchiveEntry.file) names \(Printable.text(name, limit: 200)), which is not in it"
            )
        }
        return file
    }

    private static func mediaType(_ format: StreamFormat) -> MediaType {
        switch format {
        case .gzip: .dockerLayer
        // No other media type says xz or bzip2: the bytes do.
        case .plain, .xz, .bzip2: MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
        case .zstd: MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
        }
    }
}
