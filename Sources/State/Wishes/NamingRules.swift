/// By which names people and podman find an image in a repository. This module does not know the grammar of references; the
/// caller does, as with ``ReferenceRules``.
package struct NamingRules: Sendable {
    /// The name that leads to an image's root file system, by a repository's template.
    package let tree: @Sendable (StoredReference, NameTemplate) -> String
    /// The names that podman looks it up by; none where it goes by its id.
    package let podman: @Sendable (StoredReference) -> [String]

    /// Rules by their two functions. Names serve for comparison alone.
    package init(
        tree: @escaping @Sendable (StoredReference, NameTemplate) -> String,
        podman: @escaping @Sendable (StoredReference) -> [String]
    ) {
        self.tree = tree
        self.podman = podman
    }

    /// The rules of images of registries, by their parts alone: those of files are other ones.
    package static let ofRegistries = NamingRules(
        tree: { reference, template in
            reference.name(in: template, reference.tag ?? reference.digest ?? "latest")
        },
        podman: { reference in
            // podman does not look at a tag beside a digest.
            [reference.name(in: .standard, reference.digest ?? reference.tag ?? "latest")]
        }
    )
}

extension StoredReference {
    fileprivate func name(in template: NameTemplate, _ ending: String) -> String {
        template.expand(registry: canonicalRegistry, repository: repository, reference: ending)
    }
}
