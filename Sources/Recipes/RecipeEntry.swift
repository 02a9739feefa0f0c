package import OCI

/// One line of a recipe: an image, or those tags of an image repository that rules select, and what is made of each.
package struct RecipeEntry: Sendable, Equatable {
    /// Where it stands.
    package let position: RecipePosition
    /// The image as it was written.
    package let text: String
    /// The image. Where there are rules, its tag is none of theirs: ``OCI/ImageReference/tagged(_:)`` gives those.
    package let image: ImageReference
    /// Which tags are wanted; nil for the one image.
    package let tags: TagRules?
    /// What is made of each and how.
    package let options: RecipeOptions

    /// What this entry wants otherwise than another one of the same image: the keys of what differs, and `scheme`.
    package func difference(from other: RecipeEntry) -> [String] {
        let (own, its) = (options, other.options)
        return [
            ("scheme", image.scheme != other.image.scheme), ("formats", own.formats != its.formats),
            ("platforms", own.platforms != its.platforms), ("user", own.user != its.user),
            ("thin", own.thin != its.thin),
            ("keep", own.keep != its.keep), ("private", own.allowsPrivate != its.allowsPrivate),
        ].filter(\.1).map(\.0)
    }
}

/// What is made of the images of an entry.
package struct RecipeOptions: Sendable, Equatable {
    /// The outputs by their names, `layers` among them.
    package var formats: [String]
    /// For which platforms, as `linux/amd64`; `all` alone for every one.
    package var platforms: [String]
    /// Who fetches the images; nil for nobody in particular.
    package var user: String?
    /// The name of the thin images; nil where none are wanted.
    package var thin: ThinTemplate?
    /// For how many seconds an image stays after its tag left the registry or the selection.
    package var keep: Int64
    /// Whether somebody says that images which need credentials may be published where everybody can read them.
    package var allowsPrivate: Bool

    /// The platform where none is named.
    package static let standardPlatform = "linux/amd64"

    /// What is made where nothing is said: layers and a root file system, for Linux on amd64.
    package static let standard = RecipeOptions(
        formats: ["layers", "flat"],
        platforms: [standardPlatform],
        user: nil,
        thin: nil,
        keep: 0,
        allowsPrivate: false
    )
}
