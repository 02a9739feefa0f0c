package import Foundation

/// A recipe as it was applied last.
package struct AppliedRecipe: Sendable, Hashable, Identifiable {
    /// The number in the table. Never given to another recipe.
    package let id: Int64
    /// What it is and where it is read again.
    package let origin: RecipeOrigin
    /// When it was applied last.
    package let appliedAt: Date
    /// How many desideratas are its own, those that are gone among them.
    package let count: Int
    /// How many of these are gone, and stay for a while.
    package let goneCount: Int
    /// Whether a desiderata of another recipe passed to it since it was applied: it may want it otherwise.
    package let inherits: Bool
    /// When its source was read last; nil where a version that did not note it did.
    package var readAt: Date?
    /// What went wrong then; nil where nothing did.
    package var trouble: String?

    /// A recipe.
    package init(
        id: Int64,
        origin: RecipeOrigin,
        appliedAt: Date,
        count: Int,
        goneCount: Int,
        inherits: Bool = false
    ) {
        self.inherits = inherits
        self.id = id
        self.origin = origin
        self.appliedAt = appliedAt
        self.count = count
        self.goneCount = goneCount
    }
}

/// Where a recipe comes from, and how it is applied.
package struct RecipeOrigin: Sendable, Hashable {
    /// The file's absolute path, or its address: the recipe's name.
    package let source: String
    /// How it is written: `version 1`, `version 2`, `list`.
    package let form: String
    /// The fully qualified name of the CVMFS repository that it is for.
    package let repository: String
    /// Whether entries that cannot be read, and images that cannot be added, are left out.
    package let keepsGoing: Bool
    /// The digest of its text, as `sha256:HEX`.
    package let textDigest: String
    /// What it may have.
    package var limits = RecipeLimits()
    /// What its command said of all its images; nil where its text does.
    package var formats: OutputFormats?
    /// For which platforms its command said they are; nil where its text does.
    package var platforms: [String]?
    /// Whether its command said that images which need credentials may be published.
    package var allowsPrivate = false

    /// An origin.
    package init(
        source: String,
        form: String,
        repository: String,
        keepsGoing: Bool,
        textDigest: String
    ) {
        self.source = source
        self.form = form
        self.repository = repository
        self.keepsGoing = keepsGoing
        self.textDigest = textDigest
    }
}
