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
        ])
        listing.rows = repositories.map { repository in
            [
                .text(repository.fqrn), .text(repository.location), .text(repository.keys.string),
                .optional(repository.url), .text(repository.publisher), .optional(repository.usedCompression),
            ]
        }
        try list.print(listing)
    }
}
