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
            the registry or the selection, and that stay for a while. LAYERS are the
            compressed bytes of all layers of its images, each once, as far as they were
            converted; LIMIT is max-bytes.

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
        var uses: [Int64: RecipeUse] = [:]
        for recipe in recipes { uses[recipe.id] = try await database.recipes.use(of: recipe.id) }
        try await database.close()
        var listing = Listing(columns: [
            .init("source", "Recipe"), .init("form", "Form"), .init("cvmfs_repo", "CVMFS Repo"),
            .init("desideratas", "Desideratas"), .init("gone", "Gone"), .init("applied_at", "Applied"),
            .init("layer_bytes", "Layers"), .init("max_bytes", "Limit"),
            .init("max_images", nil, csv: false), .init("unknown_images", nil, csv: false),
            .init("keep_going", nil, csv: false), .init("text_digest", nil, csv: false),
        ])
        listing.rows = recipes.map { recipe in
            [
                .text(recipe.origin.source), .text(recipe.origin.form), .text(recipe.origin.repository),
                .number(Int64(recipe.count)), .number(Int64(recipe.goneCount)), .time(recipe.appliedAt),
                .optional(uses[recipe.id]?.bytes, Cell.bytes), .optional(recipe.origin.limits.bytes, Cell.bytes),
                .optional(recipe.origin.limits.images.map(Int64.init), Cell.number),
                .optional(uses[recipe.id].map { Int64($0.unknownImages) }, Cell.number),
                .flag(recipe.origin.keepsGoing), .text(recipe.origin.textDigest),
            ]
        }
        try list.print(listing)
    }
}
