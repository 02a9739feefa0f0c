import OCI

/// A registry as typed: a host, perhaps with a scheme before it and a repository behind it.
struct TypedRegistry {
    /// The scheme, nil where none was typed.
    let scheme: ImageReference.Scheme?
    /// The host.
    let host: RegistryHost
    /// The repository, nil where none was typed.
    let repository: String?

    /// Reads it. Throws `OCIError` where it is no host, and for a repository unless that is allowed.
    init(_ typed: String, allowsRepository: Bool = false) throws {
        var rest = Substring(typed)
        var scheme: ImageReference.Scheme?
        if let mark = rest.firstRange(of: "://"),
            let known = ImageReference.Scheme(rawValue: rest[..<mark.lowerBound].lowercased())
        {
            scheme = known
            rest = rest[mark.upperBound...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let end = allowsRepository ? rest.firstIndex(of: "/") ?? rest.endIndex : rest.endIndex
        let path = rest[end...].dropFirst()
        self.scheme = scheme
        host = try RegistryHost(parsing: rest[..<end])
        repository = path.isEmpty ? nil : String(path)
    }

    /// The canonical host.
    var canonical: String { host.canonical(scheme ?? .https) }

    /// References by which it can be asked, the likelier first: on this machine a registry may speak without TLS.
    func references() throws -> [ImageReference] {
        let schemes: [ImageReference.Scheme] =
            scheme.map { [$0] } ?? (host.reach == .loopback ? [.https, .http] : [.https])
        return try schemes.map { try ImageReference(parsing: "\($0.rawValue)://\(host)/\(repository ?? "login")") }
    }
}
