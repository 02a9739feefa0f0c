/// Whether a tag is selected, and why.
package struct TagDecision: Sendable, Equatable {
    /// The tag.
    package let tag: String
    /// Whether its image is wanted.
    package let isSelected: Bool
    /// Which rule says so.
    package let reason: String
}
