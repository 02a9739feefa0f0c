import OCI

/// What credentials are for, as files and variables write it: `HOST[:PORT]`, with a scheme before it or a path behind it.
struct CredentialKey {
    /// The canonical host.
    let host: String
    /// Whether it names plain http.
    let isPlainHTTP: Bool
    /// The parts of a path that repositories have to begin with.
    let path: [Substring]

    /// Reads a key. Nil for what is none: files hold keys for other programs, too.
    ///
    /// `/v1/` and `/v2/` are no paths of repositories: docker writes `https://index.docker.io/v1/`.
    init?(_ text: String) {
        var rest = text[...]
        var scheme = ImageReference.Scheme.https
        if let mark = rest.firstRange(of: "://") {
            guard let known = ImageReference.Scheme(rawValue: rest[..<mark.lowerBound].lowercased()) else { return nil }
            scheme = known
            rest = rest[mark.upperBound...]
        }
        var parts = rest.split(separator: "/")
        guard !parts.isEmpty else { return nil }
        // A key that is no host is for nobody here.
        guard let host = try? RegistryHost(parsing: parts.removeFirst()) else { return nil }
        self.host = host.canonical(scheme)
        isPlainHTTP = scheme == .http
        path = ["v1", "v2"].contains(parts.first) && parts.count == 1 ? [] : parts
    }

    /// How well it fits: the number of parts of its path, nil where it is for another registry or repository.
    func fit(_ host: String, _ repository: String?) -> Int? {
        guard self.host == host else { return nil }
        let parts = (repository ?? "").split(separator: "/")
        return parts.starts(with: path) ? path.count : nil
    }
}
