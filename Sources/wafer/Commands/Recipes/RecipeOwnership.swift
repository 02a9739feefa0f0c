import Plumbing
import State

/// That a desiderata is a recipe's: what somebody does to it by hand does not last.
struct RecipeOwnership {
    private let source: String

    init(_ recipe: AppliedRecipe) {
        source = Printable.text(recipe.origin.source)
    }

    /// One sentence with what to do; `what` is what becomes of it.
    func warning(of id: Int64, _ what: String) -> String {
        "desiderata \(id) belongs to the recipe \(source), which \(what) when it is applied again: change the recipe, and apply "
            + "it with `wafer recipe apply \(source)`"
    }
}
