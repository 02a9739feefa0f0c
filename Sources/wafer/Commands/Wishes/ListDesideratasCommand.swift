import ArgumentParser
import State

/// Lists the desideratas.
struct ListDesideratasCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-desideratas",
        abstract: "List all desideratas in the database.",
        usage: """
            wafer list-desideratas [--registry <host>] [--repository <fqrn>]
                       [--recipe <recipe>] [--limit <number>] [--offset <number>]
                       [-z] [--format <form>]
            """,
        discussion: """
            FORMATS is what is made of each image; the column is there only if that is
            not the same for all, with a thin image. PLATFORMS is there only if they are
            not linux/amd64 for all; RECIPE, if some belong to one. JSON always has all.

            EXAMPLES:
              wafer list-desideratas
              wafer list-desideratas --registry ghcr.io --limit 100
            """
    )

    @OptionGroup
    var filters: FilterOptions

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    /// The document's six, what it does not know of where that is to be told, and for scripts what else there is.
    private static func columns(showingFormats: Bool, platforms: Bool, recipes: Bool) -> [Listing.Column] {
        document + [
            .init("formats", showingFormats ? "Formats" : nil, csv: showingFormats),
            .init("platforms", platforms ? "Platforms" : nil, csv: platforms),
            .init("recipe", recipes ? "Recipe" : nil, csv: recipes),
            .init("input_user", nil, csv: false),
            .init("output_user", nil, csv: false),
            .init("added_at", nil, csv: false),
            .init("allow_private", nil, csv: false),
        ]
    }

    private static let document: [Listing.Column] = [
        .init("id", "Id"),
        .init("input_image_id", "Input Image Id"),
        .init("input_image_name", "Input Image Name"),
        .init("cvmfs_repo", "CVMFS Repo"),
        .init("output_image_id", "Output Image Id"),
        .init("output_image_name", "Output Image Name"),
    ]

    func run() async throws {
        let database = try await global.openDatabase()
        try await filters.check(database)
        let desideratas = try await database.wishes.desideratas(filters.filter, page: filters.pages.page)
        try await database.close()
        // What earlier versions made of every image is as plain as what this one makes.
        let usual: [OutputFormats] = [[.layers, .thin], .standard(hasOutputImage: true)]
        let isUsual = usual.contains { usual in desideratas.allSatisfy { $0.formats == usual } }
        let areStandard = desideratas.allSatisfy { $0.platforms == [Desiderata.standardPlatform] }
        let haveRecipes = desideratas.contains { $0.recipe != nil }
        var listing = Listing(
            columns: Self.columns(showingFormats: !isUsual, platforms: !areStandard, recipes: haveRecipes)
        )
        listing.rows = desideratas.map { desiderata in
            [
                .number(desiderata.id), .number(desiderata.input.id), .text(desiderata.input.reference.text),
                .text(desiderata.cvmfsRepository), .optional(desiderata.output?.id, Cell.number),
                .optional(desiderata.output?.reference.text), .list(desiderata.formats.all.map(\.name)),
                .list(desiderata.platforms), .optional(desiderata.recipe),
                .optional(desiderata.input.reference.user),
                .optional(desiderata.output?.reference.user), .optional(desiderata.addedAt),
                .flag(desiderata.allowsPrivate),
            ]
        }
        try list.print(listing)
    }
}
