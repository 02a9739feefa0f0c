import ArgumentParser
import Recipes

/// Prints what editors check recipes by.
struct RecipeSchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of recipes, for editors.",
        usage: "wafer recipe schema",
        discussion: """
            Editors with a YAML language server check and complete a recipe by it, where
            its first line is: # yaml-language-server: $schema=wafer-recipe.json

            EXAMPLE:
              wafer recipe schema > wafer-recipe.json
            """
    )

    func run() async throws {
        try StandardOutput.write(RecipeSchema.text)
    }
}
