import OCI
import State

extension User {
    /// A user as typed. The registry is a host; a scheme before it, as in the name of an image, does no harm.
    ///
    /// Throws `OCIError` where it is no host.
    init(name: String, typedRegistry: String) throws {
        self.init(name: name, registry: try TypedRegistry(typedRegistry))
    }

    /// A user of a registry.
    init(name: String, registry: TypedRegistry) {
        self.init(name: name, registry: registry.host.typed, canonicalRegistry: registry.canonical)
    }
}
