/// A row of `list-images`.
package struct Image: Sendable, Hashable, Identifiable {
    /// The number in the tables. Never given to another image.
    package let id: Int64
    /// The image's name and user.
    package let reference: StoredReference
    /// It is the output of a desiderata.
    package let isThin: Bool
}
