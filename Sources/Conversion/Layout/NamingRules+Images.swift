import OCI
package import State

extension NamingRules {
    /// What images are called in repositories, those of files too.
    package static let images = NamingRules(
        tree: { reference, template in
            (try? ImageSource(reference)).map { ImageNames.text(of: $0, template) }
                // A name that this version does not read gets no other either.
                ?? NamingRules.ofRegistries.tree(reference, template)
        },
        podman: { reference in (try? ImageSource(reference)).map(PodmanName.names) ?? [] }
    )
}
