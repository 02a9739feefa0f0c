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
        /// Is no longer wanted by this recipe, and passes to another one that names it.
        case passed = "pass"
        /// Stays as it is until the recipe is applied again: a process works on it.
        case waiting = "wait"
        /// Cannot be added, or changed.
        case refused = "refuse"
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

        fileprivate func with(_ action: Action, _ reason: String) -> Item {
            Item(action: action, image: image, desiderata: desiderata, position: position, reason: reason)
        }
    }

    /// What became of an entry's rules.
    package struct Selection: Sendable {
        /// The entry.
        package let entry: RecipeEntry
        /// Each tag of its image repository; or why the list is not there, and all stays as it was.
        package let decisions: Result<[TagDecision], any Error>
    }

    /// What one entry selects and an earlier one has already, with something else.
    package struct Overlap: Sendable {
        /// The entry that is passed over.
        package let entry: RecipeEntry
        /// The one that counts.
        package let winner: RecipeEntry
        /// So many images.
        package var count: Int
        /// One of them.
        package let example: StoredReference
    }

    /// The images, those of the recipe in its order, then those that it does not name.
    package private(set) var items: [Item]
    /// The entries that have rules, in their order.
    package let selections: [Selection]
    /// What is passed over, in the order of the entries.
    package let overlaps: [Overlap]
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
    package var isEmpty: Bool { change.isEmpty }

    /// The same plan, as far as it could be done.
    func settled(by outcome: RecipeOutcome) -> RecipePlan {
        let refusals = Dictionary(outcome.refusals.map { ($0.input, $0.error) }) { first, _ in first }
        let busy = Set(outcome.busy)
        var plan = self
        plan.items = items.map { item in
            let becomes: (Action, String)? =
                switch item.action {
                case .added, .adopted, .changed, .returned: refusals[item.image].map { (.refused, "\($0)") }
                case .removed, .gone:
                    item.desiderata.flatMap { outcome.passed[$0] }.map {
                        (
                            .passed,
                            [item.reason, "passes to the recipe \($0)"].compactMap(\.self).joined(separator: "; ")
                        )
                    }
                case .kept, .left, .passed, .waiting, .refused: nil
                }
            if let (action, reason) = becomes { return item.with(action, reason) }
            let isHeld = [.removed, .changed].contains(item.action) && item.desiderata.map(busy.contains) == true
            return isHeld ? item.with(.waiting, "is being converted") : item
        }
        return plan
    }
}
