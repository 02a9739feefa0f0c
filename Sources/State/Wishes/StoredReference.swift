/// An image's name as the database keeps it: what was typed, and its canonical parts.
///
/// This module does not read references; its callers parse them and hand over the parts.
package struct StoredReference: Sendable, Hashable {
    /// The whole name as it was typed: what tables show.
    package let text: String
    /// Who logs in to the registry for this image; nil is anonymous. May name a user that was removed since.
    package let user: String?
    /// Where it is.
    package let place: RegistryPlace
    /// The repository within the registry, such as `library/redis`.
    package let repository: String
    /// The tag, if there is one. Tag or digest must be there.
    package let tag: String?
    /// The digest (`sha256:…`), if there is one.
    package let digest: String?

    /// A reference by its parts.
    package init(
        text: String,
        user: String?,
        place: RegistryPlace,
        repository: String,
        tag: String?,
        digest: String?
    ) {
        self.text = text
        self.user = user
        self.place = place
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// `https`, `http`; the form's name where it is a file.
    package var scheme: String { place.scheme }
    /// The registry as typed.
    package var registry: String { place.registry }
    /// The registry's canonical host: part of the identity.
    package var canonicalRegistry: String { place.canonicalRegistry }
}
