import ArgumentParser
import Conversion
import Foundation
import Plumbing
import State

/// Forgets a recipe with its desideratas.
struct RecipeRemoveCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a recipe and its desideratas.",
        usage: "wafer recipe remove <recipe> [--dry-run]",
        discussion: """
            All of its desideratas go with their history, or none, while one of them is
            being converted. What was published stays in the repository; the file of the
            recipe is not touched, and need not be there.

            EXAMPLES:
              wafer recipe remove images.yaml --dry-run
              wafer recipe remove https://a.org/images.yaml
            """
    )

    @Argument(help: ArgumentHelp("Its path or address, as in wafer recipe list.", valueName: "recipe"))
    var source: String

    @Flag(help: "Show what would be removed; change nothing.")
    var dryRun = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let name = try RecipeSource(named: source).description
        let database = try await global.openDatabase()
        guard let recipe = try await database.recipes.recipe(from: name) else { throw StateError.unknownRecipe(name) }
        let own = try await database.recipes.members(of: recipe.origin.repository).filter { $0.recipe == recipe.id }
        for member in own {
            try StandardOutput.line("remove  \(member.desiderata.id)  \(member.desiderata.input.reference.text)")
        }
        if !dryRun { try await database.recipes.remove(name, at: Date()) }
        try await database.close()
        let count = Counted.text(own.count, "desiderata")
        try StandardOutput.line(
            dryRun ? "nothing was changed: \(count) would be removed with \(name)" : "removed \(name) and \(count)"
        )
    }
}
