/// Where an image comes from: a registry, or a file or folder of this machine.
///
/// Images are pushed to registries only: outputs are an ``ImageReference``.
package enum ImageSource: Sendable, Equatable, CustomStringConvertible {
    /// `[SCHEME://][REGISTRY/]REPOSITORY[:TAG][@DIGEST]`.
    case registry(ImageReference)
    /// `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]`, `docker-archive:FILE[:REFERENCE]` or `dir:DIR`.
    case local(LocalImageName)

    /// Reads a name. Relative paths are below `folder`, which is absolute.
    ///
    /// Throws ``OCIError/invalidReference(part:text:rule:)`` with the part and the rule.
    package init(parsing text: String, folder: String) throws {
        if let local = try LocalImageName(parsing: text, folder: folder) {
            self = .local(local)
        } else {
            self = .registry(try ImageReference(parsing: text))
        }
    }

    /// The complete name, as lists and `thin.json` print it.
    package var description: String {
        switch self {
        case .registry(let reference): reference.description
        case .local(let name): name.description
        }
    }

    /// What tells two images apart, however they were typed.
    package var identity: String {
        switch self {
        case .registry(let reference): reference.identity
        case .local(let name): name.description
        }
    }

    /// The registry as credentials know it; `local` for files, which nobody logs in for.
    package var canonicalHost: String {
        switch self {
        case .registry(let reference): reference.canonicalHost
        case .local: LocalImageName.host
        }
    }
}
