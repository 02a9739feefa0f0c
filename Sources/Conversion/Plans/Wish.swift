import OCI
package import Plumbing
package import State

/// What somebody wants of an image: what is made of it, and where. A desiderata says it for good, a command once.
package struct Wish: Sendable {
    /// The image to convert.
    package let input: StoredReference
    /// The thin image to push; nil where none is wanted.
    package let output: StoredReference?
    /// The fully qualified name of the CVMFS repository.
    package let repository: String
    /// What is made of the image.
    package let formats: OutputFormats
    /// For which platforms, as `linux/amd64`; ``State/Desiderata/allPlatforms`` alone for every one.
    package let platforms: [String]
    /// The name of its tree; nil for the one that the repository gives it.
    package let name: BytePath?
    /// Whether the image may be published where everybody can read it though it needs credentials at its registry.
    package var allowsPrivate = false
    /// The desiderata that says it, if one does.
    let desiderata: Int64?
    /// The recipe of that desiderata, by its source, if it has one.
    let recipe: String?

    /// A wish of a command.
    package init(
        input: StoredReference,
        output: StoredReference?,
        repository: String,
        formats: OutputFormats,
        platforms: [String],
        name: BytePath?
    ) {
        self.input = input
        self.output = output
        self.repository = repository
        self.formats = formats
        self.platforms = platforms
        self.name = name
        desiderata = nil
        recipe = nil
    }

    /// The wish of a desiderata.
    package init(_ desiderata: Desiderata) {
        input = desiderata.input.reference
        output = desiderata.output?.reference
        repository = desiderata.cvmfsRepository
        formats = desiderata.formats
        platforms = desiderata.platforms
        name = nil
        allowsPrivate = desiderata.allowsPrivate
        self.desiderata = desiderata.id
        recipe = desiderata.recipe
    }

    /// The name by which people reach the image's tree; nil where it has none. Throws ``ConversionError`` where the settings
    /// give it no name.
    package func treeName(_ settings: TreeSettings) throws -> BytePath? {
        guard formats.contains(.flat) else { return nil }
        return try name ?? ImageNames(template: settings.names).name(of: ImageSource(input))
    }

    /// The names by which podman finds the image in the repository's store; none where it goes by its id.
    package var podmanNames: [String] {
        guard formats.contains(.podman), let source = try? ImageSource(input) else { return [] }
        return PodmanName.names(of: source)
    }
}
