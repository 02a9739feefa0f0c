/// A tag database of the chain.
package struct LoggedTags: Sendable, Equatable {
    /// The database.
    package let hash: ContentHash
    /// The names in it, in the order of revisions.
    package let names: [String]
}
