package import OCI

/// The names by which podman looks for an image among those it has: `docker.io/library/redis:7`,
/// `example.org/group/app@sha256:…`.
package enum PodmanName {
    /// The names of an image; none where podman could not ask for it by one: then it goes by its id.
    package static func names(of source: ImageSource) -> [String] {
        switch source {
        case .registry(let reference): name(of: reference).map { [$0] } ?? []
        case .local(let local): name(of: local).map { [$0] } ?? []
        }
    }

    /// Whether podman asks for images by such a name: with a registry, and with a tag or a digest.
    static func isNormal(_ name: String) -> Bool {
        guard let slash = name.firstIndex(of: "/"), let reference = try? ImageReference(parsing: name) else {
            return false
        }
        let host = String(name[..<slash])
        guard isHost(host), host != "index.docker.io", !reference.host.isIPv6 else { return false }
        return name == "\(host)/\(reference.repository)\(suffix(of: reference))"
    }

    /// Whether the first part of a name is a registry, as Docker and podman tell.
    private static func isHost(_ part: some StringProtocol) -> Bool {
        part.contains { $0 == "." || $0 == ":" } || part == "localhost"
    }

    /// With a digest it is this that counts, as podman has it: a tag beside it goes.
    private static func suffix(of reference: ImageReference) -> String {
        reference.digest.map { "@\($0)" } ?? ":\(reference.tag ?? "latest")"
    }

    private static func name(of reference: ImageReference) -> String? {
        // podman's grammar of references has no addresses in brackets.
        guard !reference.host.isIPv6 else { return nil }
        var host = reference.canonicalHost
        // What looks like no host would be a part of a name at Docker Hub.
        if !isHost(host) { host += ":\(reference.scheme.defaultPort)" }
        return "\(host)/\(reference.repository)\(suffix(of: reference))"
    }

    /// The name that stands in a file of this machine, as `podman load` and `podman pull` take it: short ones of archives are
    /// Docker Hub's, those of layouts `localhost/…`.
    private static func name(of local: LocalImageName) -> String? {
        guard let name = local.name, let reference = try? ImageReference(parsing: name) else { return nil }
        switch local.form {
        case .archive: return self.name(of: reference)
        case .layout, .layoutArchive:
            let first = name.split(separator: "/").first ?? ""
            let long =
                name.contains("/") && isHost(first) ? reference : try? ImageReference(parsing: "localhost/\(name)")
            return long.flatMap(self.name(of:))
        case .folder: return nil
        }
    }
}
