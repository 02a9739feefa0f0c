import ArgumentParser
import State

/// Lists the users, never their passwords.
struct ListUsersCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-users",
        abstract: "List users and their registries.",
        usage: "wafer list-users [-z] [--format <form>]",
        discussion: """
            EXAMPLE:
              wafer list-users -z
            """,
        aliases: ["list-user", "ls-user", "ls-users", "user-ls", "users-ls"]
    )

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let users = try await database.users()
        try await database.close()
        var listing = Listing(columns: [.init("user", "User"), .init("registry", "Registry")])
        listing.rows = users.map { [.text($0.name), .text($0.registry)] }
        try list.print(listing)
    }
}
