import OCI
import Plumbing
import SystemPackage

/// A folder as `skopeo copy … dir:DIR` writes it: `manifest.json`, each blob under the digits of its digest, and with `--all`
/// the manifests of an index as `HEX.manifest.json`
/// ([directory transport](https://github.com/containers/image/blob/main/docs/containers-transports.5.md)).
enum BlobFolder {
    private static let manifestFile = "manifest.json"

    /// Opens the image. Blocks. Throws ``LocalFault``, `OCIError` or `Errno`.
    static func open(_ name: LocalImageName) throws -> LocalImage {
        let files = FolderFiles(folder: FilePath(name.path))
        guard let file = try files.file(manifestFile) else {
            throw LocalFault(
                .notFound,
                "there is no \(manifestFile) in it: it is not a folder of `skopeo copy … dir:DIR`",
                nextStep: try files.file("oci-layout") != nil ? "it is an OCI layout: name it oci:\(name.path)" : nil
            )
        }
        let bytes = try file.bytes(limit: RegistryClient.maximumManifestSize, manifestFile)
        return LocalImage(name, root: try RawManifest(bytes: bytes)) { digest in
            for path in [digest.hex, "\(digest.hex).\(manifestFile)", "\(digest.algorithm)-\(digest.hex)"] {
                if let extent = try files.file(path) { return extent }
            }
            return nil
        }
    }
}
