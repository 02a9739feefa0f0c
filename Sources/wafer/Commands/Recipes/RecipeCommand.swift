import ArgumentParser

/// The commands for recipes.
struct RecipeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe",
        abstract: "Make many desideratas by a file that says which.",
        usage: "wafer recipe <command> [<options>]",
        discussion: """
            A recipe names images, or rules for their tags, and what is made of them in
            one repository. Applying it adds, changes and removes its own desideratas;
            wafer loop applies it again when it, or its registries, have changed.

            EXAMPLES:
              wafer recipe check images.yaml
              wafer recipe diff images.yaml
              wafer recipe apply images.yaml
            """,
        subcommands: [
            RecipeCheckCommand.self, RecipeDiffCommand.self, RecipeApplyCommand.self, RecipeListCommand.self,
            RecipeExportCommand.self, RecipeRemoveCommand.self, RecipeSchemaCommand.self,
        ]
    )
}
