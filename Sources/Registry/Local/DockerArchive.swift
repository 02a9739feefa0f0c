import OCI
import Plumbing

/// A tar archive as `docker save` writes it: an OCI layout (Docker 25 and later), or a `manifest.json` that names a
/// configuration and layers as plain tars (Docker's image specification 1.2).
enum DockerArchive {
    /// Opens an archive. Blocks. Throws ``LocalFault``, `OCIError`, `JSONError` or `Errno`.
    static func open(_ name: LocalImageName) throws -> LocalImage {
        let files = try TarIndex(ArchiveFile.open(name.path))
        let layout = OCILayout(files: files)
        // The layout has the manifests as they were built; what stands beside it is for older programs.
        return try layout.isThere ? layout.open(name) : openOld(name, files)
    }

    private static func openOld(_ name: LocalImageName, _ files: TarIndex) throws -> LocalImage {
        guard let file = try files.file(DockerArchiveEntry.file) else {
            throw LocalFault(
                .invalidDocument,
                "there is no \(DockerArchiveEntry.file) in it: it is not an archive of docker save"
            )
        }
        let document = try JSONReader(
            parsing: file.bytes(limit: RegistryClient.maximumManifestSize, DockerArchiveEntry.file),
            kind: DockerArchiveEntry.file
        )
        let entries = try document.array().map(DockerArchiveEntry.init(_:))
        return try SavedImage(entry(of: entries, for: name), in: files).image(name)
    }

    private static func entry(of entries: [DockerArchiveEntry], for name: LocalImageName) throws -> DockerArchiveEntry {
        let names = entries.flatMap(\.tags)
        guard let wanted = name.name else {
            guard let first = entries.first else { throw LocalFault(.notFound, "there is no image in it") }
            guard entries.count == 1 else { throw OCILayout.several(names) }
            return first
        }
        guard let entry = entries.first(where: { $0.tags.contains { isSame($0, wanted) } }) else {
            throw LocalFault(.notFound, "there is no image of that name in it", nextStep: OCILayout.offer(names))
        }
        return entry
    }

    /// Whether two names mean one image, as `app:1` and `docker.io/library/app:1` do.
    static func isSame(_ name: String, _ wanted: String) -> Bool {
        if name == wanted { return true }
        // A name that cannot be read is equal to itself only.
        guard let name = try? ImageReference(parsing: name), let wanted = try? ImageReference(parsing: wanted) else {
            return false
        }
        return name.identity == wanted.identity
    }
}
