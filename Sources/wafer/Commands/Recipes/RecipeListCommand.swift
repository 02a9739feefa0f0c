import ArgumentParser
import State

/// Lists the recipes that were applied.
struct RecipeListCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the recipes that were applied.",
        usage: "wafer recipe list [-z] [--format <form>]",
        discussion: """
            DESIDERATAS counts those of the recipe; GONE those among them whose tag left
            the registry or the selection, and that stay for a while.

            EXAMPLE:
              wafer recipe list
            """
    )

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let recipes = try await database.recipes.recipes()
        try await database.close()
        var listing = Listing(columns: [
            .init("source", "Recipe"), .init("form", "Form"), .init("cvmfs_repo", "CVMFS Repo"),
            .init("desideratas", "Desideratas"), .init("gone", "Gone"), .init("applied_at", "Applied"),
            .init("keep_going", nil, csv: false), .init("text_digest", nil, csv: false),
        ])
        listing.rows = recipes.map { recipe in
            [
                .text(recipe.origin.source), .text(recipe.origin.form), .text(recipe.origin.repository),
                .number(Int64(recipe.count)), .number(Int64(recipe.goneCount)), .time(recipe.appliedAt),
                .flag(recipe.origin.keepsGoing), .text(recipe.origin.textDigest),
            ]
        }
        try list.print(listing)
    }
}
