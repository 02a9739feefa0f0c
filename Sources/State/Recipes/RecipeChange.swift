/// What is wanted of an image, by a recipe or by somebody.
package struct RecipeWish: Sendable, Hashable {
    /// The image to convert.
    package let input: StoredReference
    /// The thin image to push; nil where none is wanted.
    package let output: StoredReference?
    /// What is made of the image.
    package let formats: OutputFormats
    /// For which platforms, as those of a desiderata.
    package let platforms: [String]
    /// Whether the image may be published where everybody can read it though it needs credentials at its registry.
    package var allowsPrivate: Bool

    /// A wish.
    package init(
        input: StoredReference,
        output: StoredReference?,
        formats: OutputFormats,
        platforms: [String],
        allowsPrivate: Bool = false
    ) {
        self.input = input
        self.output = output
        self.formats = formats
        self.platforms = platforms
        self.allowsPrivate = allowsPrivate
    }
}

/// What applying a recipe does to its desideratas. Those that it does not name stay as they are.
package struct RecipeChange: Sendable, Equatable {
    /// Become desideratas of the recipe.
    package var added: [RecipeWish] = []
    /// Desideratas that somebody added by hand, and that become the recipe's.
    package var adopted: [Int64] = []
    /// Desideratas of the recipe that become others.
    package var changed: [Int64: RecipeWish] = [:]
    /// Desideratas of the recipe that go.
    package var removed: [Int64] = []
    /// Desideratas of the recipe that are gone from now on, and stay for a while.
    package var gone: [Int64] = []
    /// Desideratas of the recipe that were gone, and are wanted again.
    package var returned: [Int64] = []
    /// Desideratas of other recipes that this one names, too: one of them passes to it when its own recipe gives it up.
    package var left: [Int64] = []
    /// Whether ``left`` is all of it: otherwise what was left before counts as well.
    package var isLeftWhole = true

    /// Nothing to do.
    package init() {}

    /// Whether no desiderata becomes another one by it.
    package var isEmpty: Bool {
        added.isEmpty && adopted.isEmpty && changed.isEmpty && removed.isEmpty && gone.isEmpty && returned.isEmpty
    }
}

/// What became of a change.
package struct RecipeOutcome: Sendable, Equatable {
    /// What could not be done.
    package struct Refusal: Sendable, Equatable {
        /// The image.
        package let input: StoredReference
        /// The reason, with what to do.
        package let error: StateError
    }

    /// Whether it was done.
    package internal(set) var isApplied = false
    /// What cannot be added or changed.
    package internal(set) var refusals: [Refusal] = []
    /// What the layers of its images have too much, as far as it is known; nil where it is within its limit.
    package internal(set) var excess: RecipeExcess?
    /// Desideratas that a process works on: they stay as they are, until the recipe is applied again.
    package internal(set) var busy: [Int64] = []
    /// Desideratas that this recipe gives up, and the names of the recipes to which they pass.
    package internal(set) var passed: [Int64: String] = [:]
}
