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
            recipe is not touched, and need not be there. A desiderata that another
            recipe names, too, passes to that one.

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
        // What cannot be is told before anything that would be.
        let heirs = try await database.recipes.remove(name, isRehearsal: dryRun, at: Date())
        try await database.close()
        for member in own {
            let (id, image) = (member.desiderata.id, Printable.text(member.desiderata.input.reference.text))
            try StandardOutput.line(
                heirs[id].map { "pass    \(id)  \(image)  (passes to the recipe \(Printable.text($0)))" }
                    ?? "remove  \(id)  \(image)"
            )
        }
        let count = Counted.text(own.count - heirs.count, "desiderata")
        let passed = heirs.isEmpty ? "" : ", and \(heirs.count) would pass to other recipes"
        try StandardOutput.line(
            dryRun
                ? "nothing was changed: \(count) would be removed with \(name)\(passed)"
                : "removed \(name) and \(count)\(passed.replacing("would pass", with: "passed"))"
        )
    }
}
