import ArgumentParser
import State

/// Lists the users, never their passwords.
struct ListUsersCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-users",
        abstract: "List users and their registries.",
        usage: "wafer list-users [--long] [-z] [--format <form>]",
        discussion: """
            --long adds whether a password or a token is stored, and whether it may be
            sent without TLS; JSON always has both. Neither shows what is stored.

            EXAMPLES:
              wafer list-users --long
              wafer list-users -z
            """,
        aliases: ["list-user", "ls-user", "ls-users", "user-ls", "users-ls"]
    )

    @Flag(name: .shortAndLong, help: "Show what is stored of each user.")
    var long = false

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let users = try await database.users.entries()
        try await database.close()
        // The document has two columns, and scripts that know no more.
        var listing = Listing(
            columns: [
                .init("user", "User"), .init("registry", "Registry"),
                .init("stored", long ? "Stored" : nil, csv: long),
                .init("plain_http", long ? "Without TLS" : nil, csv: long),
            ]
        )
        listing.rows = users.map { entry in
            [
                .text(entry.user.name), .text(entry.user.registry), .text(entry.kind.rawValue),
                .flag(entry.allowsPlainHTTP),
            ]
        }
        try list.print(listing)
    }
}
