/// The registry of a stored image, and how it is spoken to.
package struct RegistryPlace: Sendable, Hashable {
    /// `https`, `http`; the form's name where the image is a file.
    package let scheme: String
    /// The registry as typed.
    package let registry: String
    /// The registry's canonical host.
    package let canonicalRegistry: String

    /// Whether the image is a file of this machine.
    var isFile: Bool { !["https", "http"].contains(scheme) }

    /// A place by its parts.
    package init(scheme: String, registry: String, canonicalRegistry: String) {
        self.scheme = scheme
        self.registry = registry
        self.canonicalRegistry = canonicalRegistry
    }
}
