import ArgumentParser
import State

/// Forgets a credential.
struct RemoveUserCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-user",
        abstract: "Forget a user and password.",
        usage: "wafer remove-user --username <name> --registry <host>",
        discussion: """
            Images and desideratas keep the user's name; they cannot be converted until
            it is added again.

            EXAMPLE:
              wafer remove-user -u foo -r docker.foo.bar.com
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("The name the registry knows.", valueName: "name"))
    var username: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The registry's host (and port).", valueName: "host"))
    var registry: String

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let user = try User(name: username, typedRegistry: registry)
        let database = try await global.openDatabase()
        try await database.users.remove(user.name, canonicalRegistry: user.canonicalRegistry)
        try await database.close()
    }
}
