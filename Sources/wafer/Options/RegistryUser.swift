import OCI
import State

extension User {
    /// A user as typed. The registry is a host; a scheme before it, as in the name of an image, does no harm.
    ///
    /// Throws `OCIError` where it is no host.
    init(name: String, typedRegistry: String) throws {
        var host = Substring(typedRegistry)
        var scheme = ImageReference.Scheme.https
        if let mark = host.firstRange(of: "://"),
            let known = ImageReference.Scheme(rawValue: host[..<mark.lowerBound].lowercased())
        {
            scheme = known
            host = host[mark.upperBound...]
        }
        if host.hasSuffix("/") { host = host.dropLast() }
        let registry = try RegistryHost(parsing: host)
        self.init(name: name, registry: registry.typed, canonicalRegistry: registry.canonical(scheme))
    }
}
