import ArgumentParser
import Conversion
import OCI
import Registry
import State

/// Adds an image that its registry has.
struct AddImageCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-image",
        abstract: "Add an image to the database, if its source has it.",
        usage: "wafer add-image <image> [--username <name>] [-z] [--format <form>]",
        discussion: """
            Desideratas add their images themselves: this command is rarely needed.

            EXAMPLE:
              wafer add-image https://registry.hub.docker.com/library/redis:4
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @OptionGroup
    var user: UserOption

    @OptionGroup
    var list: ListOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let image = try argument.parsed()
        let stored = StoredReference(image, user: user.username)
        let database = try await global.openDatabase()
        let credentials = try await database.credentials(for: stored)
        _ = try await RegistryAccess.with(global.logger, network.settings(), users: DatabaseUsers(database)) {
            registry in
            try await registry.open(image, credentials: credentials).manifest(nil)
        }
        let added = try await database.wishes.addImage(stored)
        try await database.close()
        try ImageDetails(image, user: user.username, isThin: added.isThin).print(list.form)
    }
}
