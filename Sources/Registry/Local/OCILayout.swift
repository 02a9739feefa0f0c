import OCI
import Plumbing

/// The files of an OCI "Image Layout": `oci-layout`, `index.json`, `blobs/ALGORITHM/HEX`.
struct OCILayout: Sendable {
    let files: any ImageFiles

    /// Tells that a folder is a layout, and of which version.
    private static let versionFile = "oci-layout"
    /// What is in the layout.
    private static let indexFile = "index.json"

    /// The annotation that names an entry of `index.json`.
    private static let refName = "org.opencontainers.image.ref.name"
    /// The same by containerd and Docker, with registry and repository.
    private static let containerdName = "io.containerd.image.name"

    /// Whether the files are a layout.
    var isThere: Bool {
        get throws { try files.file(Self.versionFile) != nil && files.file(Self.indexFile) != nil }
    }

    /// The image of a name. Blocks. Throws ``LocalFault``, `OCIError`, `JSONError` or `Errno`.
    func open(_ name: LocalImageName) throws -> LocalImage {
        try checkVersion()
        guard let file = try files.file(Self.indexFile) else {
            throw LocalFault(.notFound, "there is no index.json in it")
        }
        let raw = try RawManifest(bytes: file.bytes(limit: RegistryClient.maximumManifestSize, Self.indexFile))
        guard case .index(let index) = raw.decoded else {
            throw LocalFault(.invalidDocument, "its index.json is not an index")
        }
        let entries = try Self.entries(of: index, for: name)
        return LocalImage(name, root: try root(entries), find: find)
    }

    private func checkVersion() throws {
        guard let file = try files.file(Self.versionFile) else {
            throw LocalFault(
                .notFound,
                "there is no oci-layout in it: it is no OCI layout",
                nextStep: try files.file(DockerArchiveEntry.file).map { _ in
                    "if it is one of `docker save` or of skopeo, name it docker-archive:FILE or dir:DIR"
                }
            )
        }
        let bytes = try file.bytes(limit: 64 << 10, Self.versionFile)
        let document = try JSONReader(parsing: bytes, kind: Self.versionFile)
        let version = try document.member("imageLayoutVersion").string()
        guard version.hasPrefix("1.") else {
            throw LocalFault(.invalidDocument, "its layout version is \(Printable.text(version, limit: 20)), not 1.0.0")
        }
    }

    @Sendable private func find(_ digest: Digest) throws -> FileExtent? {
        try files.file("blobs/\(digest.algorithm)/\(digest.hex)")
    }

    /// One entry is what it names; several of one name are an index, as for several platforms.
    private func root(_ entries: [Descriptor]) throws -> RawManifest {
        guard entries.count == 1, let entry = entries.first else {
            return try RawManifest(bytes: Index(mediaType: .ociIndex, manifests: entries).encoded())
        }
        guard let file = try find(entry.digest) else {
            throw LocalFault(.notFound, "its index.json names the blob \(entry.digest), which is not there")
        }
        let bytes = try file.bytes(limit: RegistryClient.maximumManifestSize, "the manifest")
        let digest = try Digest.of(bytes, entry.digest.algorithm)
        guard digest == entry.digest else {
            throw LocalFault(.digestMismatch, "the manifest \(entry.digest) has digest \(digest)")
        }
        guard entry.size == Int64(bytes.count) else {
            throw LocalFault(
                .sizeMismatch,
                "the manifest \(digest) has \(bytes.count) bytes, its index.json says \(entry.size)"
            )
        }
        return try RawManifest(bytes: bytes, contentType: entry.mediaType.rawValue, algorithm: digest.algorithm)
    }

    private static func entries(of index: Index, for name: LocalImageName) throws -> [Descriptor] {
        let images = index.manifests.filter { !$0.isAttestation }
        let offered = images.flatMap(names(of:))
        guard let wanted = name.name else {
            let identities = Set(images.map { names(of: $0).first ?? "" })
            guard identities.count <= 1 else { throw several(offered) }
            guard !images.isEmpty else { throw LocalFault(.notFound, "there is no image in it") }
            return images
        }
        let fitting = images.filter { names(of: $0).contains { isSame($0, wanted, name.form) } }
        guard !fitting.isEmpty else {
            throw LocalFault(.notFound, "there is no image of that name in it", nextStep: offer(offered))
        }
        return fitting
    }

    /// Every name of an entry, the fullest first.
    private static func names(of entry: Descriptor) -> [String] {
        let annotations = entry.otherMembers["annotations"]?.object ?? [:]
        return [containerdName, refName].compactMap { annotations[$0]?.string }
    }

    private static func isSame(_ name: String, _ wanted: String, _ form: LocalImageName.Form) -> Bool {
        name == wanted || form != .layout && DockerArchive.isSame(name, wanted)
    }

    /// That a name is needed.
    static func several(_ names: [String]) -> LocalFault {
        LocalFault(.invalidDocument, "there are several images in it", nextStep: offer(names))
    }

    /// Which names there are, at most 20.
    static func offer(_ names: [String]) -> String {
        var unique: [String] = []
        for name in names.map({ Printable.text($0, limit: 120) }) where !unique.contains(name) { unique.append(name) }
        if unique.isEmpty { return "its images have no names: leave out what stands after the path" }
        let more = unique.count > 20 ? " and \(unique.count - 20) more" : ""
        return "name one after the path: " + unique.prefix(20).joined(separator: ", ") + more
    }
}
