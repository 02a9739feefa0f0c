import ArgumentParser
import Conversion
import State

/// Which desideratas to list.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only images of this registry.", valueName: "host"),
        transform: { typed in
            do {
                return try TypedRegistry(typed).canonical
            } catch {
                throw ValidationError("--registry \(typed): \(error)")
            }
        }
    )
    var registry: String?

    @Option(name: [.customShort("r"), .long], help: ArgumentHelp("Only those of this repository.", valueName: "fqrn"))
    var repository: String?

    @Option(
        help: ArgumentHelp("Only those of this recipe, by its path or address.", valueName: "recipe"),
        transform: { try RecipeSource(named: $0).description }
    )
    var recipe: String?

    @OptionGroup
    var pages: PageOptions

    /// The same for a query.
    var filter: DesiderataFilter { DesiderataFilter(registry: registry, repository: repository, recipe: recipe) }

    /// Throws `StateError.unknownRecipe` where a recipe was named that was not applied.
    func check(_ database: StateDatabase) async throws {
        guard let recipe, try await database.recipes.recipe(from: recipe) == nil else { return }
        throw StateError.unknownRecipe(recipe)
    }

    /// Whether something is left out.
    var isSet: Bool { filter != DesiderataFilter() || pages.page != .all }
}
