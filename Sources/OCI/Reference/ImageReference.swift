/// Where an image is: `SCHEME://REGISTRY/REPOSITORY[:TAG][@DIGEST]`.
///
/// Every value obeys the grammar of the OCI distribution specification ("Pulling manifests"), names a registry and has a
/// tag or a digest. Equality compares what was typed too; compare ``identity`` to know whether two name the same image.
package struct ImageReference: Sendable, Equatable, CustomStringConvertible {
    /// The protocols that a registry is spoken to with.
    package enum Scheme: String, Sendable, CaseIterable {
        case https
        case http

        /// The port where none is written.
        package var defaultPort: Int {
            switch self {
            case .https: 443
            case .http: 80
            }
        }
    }

    /// The text that the operator typed.
    package let typed: String
    /// https where nothing else was typed.
    package let scheme: Scheme
    /// The registry as typed; Docker Hub's name where none was typed.
    package let host: RegistryHost
    /// The image repository, with `library/` where Docker Hub needs it.
    package let repository: String
    /// The tag: `latest` where neither tag nor digest was typed.
    package let tag: String?
    /// The digest. It pins: where there is a tag too, the digest is fetched and the tag is only a name.
    package let digest: Digest?

    init(typed: String, scheme: Scheme, host: RegistryHost, repository: String, tag: String?, digest: Digest?) {
        self.typed = typed
        self.scheme = scheme
        self.host = host
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// The registry as typed (`Docker.io`, `[::1]:5000`); Docker Hub's name where none was typed.
    package var registry: String { host.typed }

    /// What the registry is asked for: the digest, or else the tag.
    package var reference: String { digest?.description ?? tag ?? "latest" }

    /// The complete name, as lists and `thin.json` print it.
    package var description: String { "\(scheme.rawValue)://\(registry)/\(repository)\(suffix)" }

    /// What tells two images apart, however they were typed: canonical host, repository, tag and digest, no scheme.
    package var identity: String { "\(canonicalHost)/\(repository)\(suffix)" }

    private var suffix: String {
        (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The same repository's content with that digest: a platform's image of an index.
    package func pinned(to digest: Digest) -> ImageReference {
        ImageReference(
            typed: typed,
            scheme: scheme,
            host: host,
            repository: repository,
            tag: tag,
            digest: digest
        )
    }
}
