import OCI
import Plumbing

/// The image that a folder of DUCC's metadata is of.
struct AdoptedName {
    /// The image as its registry knows it.
    let reference: ImageReference
    /// Whether a name of a tree leads to it.
    let isLink: Bool

    /// Of `.metadata/REGISTRY/REPOSITORY[:TAG]`. Without a tag only the name of the tree tells the digest: there is none that
    /// leads to this image where it has no tree. Nil where nobody can tell.
    init?(folder: BytePath, manifest: Manifest, names: [BytePath: [UInt8]]) {
        guard let place = folder.relative(to: RepositoryLayout.metadata), place.depth > 1 else { return nil }
        let tree = RepositoryLayout.tree(manifest.config.digest).bytes
        func leads(_ name: BytePath) -> Bool { names[name]?.hasSuffix(tree) == true }
        if place.name.contains(UInt8(ascii: ":")) {
            guard let reference = try? ImageReference(parsing: "https://\(place.text)") else { return nil }
            self.reference = reference
            isLink = leads(place)
            return
        }
        let prefix = place.bytes + Array(":sha256:".utf8)
        let found = names.keys.filter { $0.bytes.starts(with: prefix) && leads($0) }.sorted().first
        guard let found, let reference = try? ImageReference(parsing: "https://\(place.text)@\(found.text.suffix(71))")
        else { return nil }
        self.reference = reference
        isLink = true
    }
}
