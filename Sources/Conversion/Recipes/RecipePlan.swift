package import Recipes
package import State

/// What applying a recipe does, and why.
package struct RecipePlan: Sendable {
    /// What becomes of an image.
    package enum Action: String, Sendable, CaseIterable {
        /// Becomes a desiderata.
        case added = "add"
        /// Was added by hand, and becomes the recipe's, as it wants it.
        case adopted = "adopt"
        /// Is wanted otherwise.
        case changed = "change"
        /// Is wanted again after it was gone.
        case returned = "return"
        /// Stays as it is.
        case kept = "keep"
        /// Stays for a while, and goes then.
        case gone
        /// Is no longer wanted.
        case removed = "remove"
        /// Is somebody else's, and stays that.
        case left = "leave"
    }

    /// An image.
    package struct Item: Sendable {
        /// What becomes of it.
        package let action: Action
        /// The image.
        package let image: StoredReference
        /// The desiderata; nil for one that is added.
        package let desiderata: Int64?
        /// The entry that selects it, if one does.
        package let position: RecipePosition?
        /// Why, where there is more to say than that the entry names it.
        package let reason: String?
    }

    /// What became of an entry's rules.
    package struct Selection: Sendable {
        /// The entry.
        package let entry: RecipeEntry
        /// Each tag of its image repository; or why the list is not there, and all stays as it was.
        package let decisions: Result<[TagDecision], any Error>
    }

    /// The images, those of the recipe in its order, then those that it does not name.
    package let items: [Item]
    /// The entries that have rules, in their order.
    package let selections: [Selection]
    /// The same for the database.
    package let change: RecipeChange

    /// So many images have this fate.
    package func count(_ action: Action) -> Int { items.count { $0.action == action } }

    /// The entries whose registry did not tell what it has.
    package var failures: [(entry: RecipeEntry, error: any Error)] {
        selections.compactMap { selection in
            if case .failure(let error) = selection.decisions { (selection.entry, error) } else { nil }
        }
    }

    /// Whether nothing at all is to be done.
    package var isEmpty: Bool { change == RecipeChange() }
}
