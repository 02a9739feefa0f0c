import ArgumentParser
import State

/// Lists the desideratas.
struct ListDesideratasCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-desideratas",
        abstract: "List all desideratas in the database.",
        usage: "wafer list-desideratas [-z] [--format <form>]",
        discussion: """
            EXAMPLE:
              wafer list-desideratas
            """
    )

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    /// The document's six, and for scripts what else there is.
    private static let columns: [Listing.Column] = [
        .init("id", "Id"),
        .init("input_image_id", "Input Image Id"),
        .init("input_image_name", "Input Image Name"),
        .init("cvmfs_repo", "CVMFS Repo"),
        .init("output_image_id", "Output Image Id"),
        .init("output_image_name", "Output Image Name"),
        .init("input_user", nil, csv: false),
        .init("output_user", nil, csv: false),
        .init("added_at", nil, csv: false),
    ]

    func run() async throws {
        let database = try await global.openDatabase()
        let desideratas = try await database.desideratas()
        try await database.close()
        var listing = Listing(columns: Self.columns)
        listing.rows = desideratas.map { desiderata in
            [
                .number(desiderata.id), .number(desiderata.input.id), .text(desiderata.input.reference.text),
                .text(desiderata.cvmfsRepository), .number(desiderata.output.id),
                .text(desiderata.output.reference.text), .optional(desiderata.input.reference.user),
                .optional(desiderata.output.reference.user), .optional(desiderata.addedAt),
            ]
        }
        try list.print(listing)
    }
}
