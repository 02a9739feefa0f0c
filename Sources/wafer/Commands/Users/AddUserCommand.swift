import ArgumentParser
import Logging
import OCI
import Plumbing
import State

/// Stores a credential.
struct AddUserCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-user",
        abstract: "Store a user and password for a registry.",
        usage: """
            wafer add-user --username <name> --registry <host> [--password-stdin]
                       [--keep-password]
            wafer add-user --username <name> --registry <host> --password <text>
            """,
        discussion: """
            Without a password option it asks for the password. The registry is asked
            for a refresh token in exchange; if it gives one, that is stored instead of
            the password. What is stored is encrypted with the key file. Adding the same
            user and registry again replaces it.

            With http:// before the host it may be sent without TLS, where everybody on
            the way can read it; on this machine that is always allowed.

            EXAMPLES:
              wafer add-user --username foo --registry docker.foo.bar.com
              wafer add-user -u foo -r docker.io --password-stdin < token.txt
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("The name the registry knows.", valueName: "name"))
    var username: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The registry's host (and port), as in the names of images.", valueName: "host")
    )
    var registry: String

    @Flag(help: "Read the password from the standard input.")
    var passwordStdin = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The password itself: everybody on this machine can read it in the process list.",
            valueName: "text"
        )
    )
    var password: String?

    @Flag(help: "Store the password itself, without asking the registry anything.")
    var keepPassword = false

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        if passwordStdin, password != nil {
            throw ValidationError("--password and --password-stdin cannot go together")
        }
        if let fault = LoginRule.fault(ofUser: username) { throw ValidationError("--username: \(fault)") }
        if let password, let fault = LoginRule.fault(ofSecret: password) {
            throw ValidationError("--password: \(fault)")
        }
    }

    func run() async throws {
        let typed = try TypedRegistry(registry)
        let user = User(name: username, registry: typed)
        // Before the prompt: nobody likes to type a password for nothing.
        let database = try await global.openDatabase()
        let password = try await readPassword(for: user)
        let credential =
            keepPassword
            ? StoredCredential(password, allowsPlainHTTP: typed.scheme == .http)
            : try await PasswordExchange(
                user: user,
                registry: typed,
                settings: network.settings(),
                logger: global.logger
            ).credential(for: password)
        let addition = try await database.users.add(user, credential: credential)
        try await database.close()
        if let file = addition.newKeyFile {
            global.logger.notice("made the key file \(file): keep a copy, apart from the database")
        }
        if !addition.unreadable.isEmpty {
            let list = addition.unreadable.map(\.description).joined(separator: ", ")
            global.logger.warning("the passwords of these were encrypted with another key, add them again: \(list)")
        }
        if addition.replaced { try StandardOutput.line("replaced the password of \(user)") }
    }

    private func readPassword(for user: User) async throws -> Password {
        if let password {
            global.logger.warning("--password shows the password in the process list: prefer --password-stdin")
            return Password(password)
        }
        let isPiped = passwordStdin
        return try await BlockingExecutor.shared.run {
            try isPiped ? PasswordInput.readStandardInput() : PasswordInput.ask("Password of \(user): ")
        }
    }
}
