import Plumbing

/// Someone who can log in to a registry (original-document.md, "add-user"). Holds no password.
package struct User: Sendable, Hashable, CustomStringConvertible {
    /// The name the registry knows.
    package let name: String
    /// The registry's host as the operator typed it: what tables show.
    package let registry: String
    /// The registry's canonical host: what identifies the user together with the name.
    package let canonicalRegistry: String

    /// A user by the registry as typed and its canonical host.
    package init(name: String, registry: String, canonicalRegistry: String) {
        self.name = name
        self.registry = registry
        self.canonicalRegistry = canonicalRegistry
    }

    /// `foo at docker.foo.bar.com`, safe to print.
    package var description: String { "\(Printable.text(name)) at \(Printable.text(registry))" }
}
