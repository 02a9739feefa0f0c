import ArgumentParser
import Conversion
import State
import SystemPackage

/// Lists the registered repositories.
struct RepositoryListCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the registered repositories.",
        usage: "wafer repository list [-z] [--format <form>]",
        discussion: """
            JSON has how root file systems are made, too; repository info shows all
            settings of one.

            EXAMPLE:
              wafer repository list
            """
    )

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let repositories = try await database.registrations.repositories()
        try await database.close()
        var listing = Listing(columns: [
            .init("fqrn", "Fqrn"), .init("storage", "Storage"), .init("keys", "Keys"), .init("url", "Url"),
            .init("publisher", "Publisher"), .init("compression", "Compression"),
            .init("tree_names", nil, csv: false), .init("tree_modes", nil, csv: false),
            .init("mount_points", nil, csv: false), .init("keeps_setuid", nil, csv: false),
        ])
        listing.rows = repositories.map { repository in
            [
                .text(repository.fqrn), .text(repository.location), .text(repository.keys.string),
                .optional(repository.url), .text(repository.publisher), .optional(repository.usedCompression),
                .text(repository.trees.names), .text(repository.trees.modes.rawValue),
                .list(repository.trees.mountPoints), .flag(repository.trees.keepsSetuid),
            ]
        }
        try list.print(listing)
    }
}
