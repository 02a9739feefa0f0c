package import Foundation

/// What the operator wants: an input image, what is to be made of it in which CVMFS repository, and the output image
/// where that is a thin image, too (original-document.md, "Concepts").
package struct Desiderata: Sendable, Hashable, Identifiable {
    /// The platform where none was named.
    package static let standardPlatform = "linux/amd64"

    /// In the place of platforms: every one that the image has. It stands alone.
    package static let allPlatforms = "all"

    /// The number in the tables. Never given to another desiderata.
    package let id: Int64
    /// The image to convert.
    package let input: Image
    /// The thin image to push; nil where none is wanted.
    package let output: Image?
    /// The fully qualified name of the CVMFS repository. It may not be registered (yet).
    package let cvmfsRepository: String
    /// What is made of the image.
    package let formats: OutputFormats
    /// For which platforms, as `linux/amd64`: at least one, or ``allPlatforms`` alone.
    package let platforms: [String]
    /// Whether its image may be published where everybody can read it though it needs credentials at its registry.
    package let allowsPrivate: Bool
    /// The recipe that it belongs to, by its source; nil where somebody added it by hand.
    package let recipe: String?
    /// When it was added; nil where the original program did.
    package let addedAt: Date?
    /// When it, or how its repository makes trees, was changed, as the database has it; nil where that was looked at since.
    package let changedAt: String?
    /// When a loop looks at it again, as the database has it; see ``NextLook``.
    let nextLook: String?

    /// When a loop looks at it again, as things are at a time.
    package func nextLook(at now: Date) -> NextLook { NextLook(stored: nextLook, at: now) }
}
