import ArgumentParser
import Foundation
import State

/// Forgets a desiderata.
struct RemoveDesiderataCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-desiderata",
        abstract: "Remove a desiderata and its history.",
        usage: "wafer remove-desiderata <id>",
        discussion: """
            What was published and pushed stays where it is: removing layers could break
            images that are running. One that a recipe names comes back when the recipe
            is applied again.

            EXAMPLE:
              wafer remove-desiderata 3
            """
    )

    @Argument(help: ArgumentHelp("Its number in list-desideratas.", valueName: "id"))
    var id: Int64

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        try await database.wishes.removeDesiderata(id, at: Date())
        try await database.close()
    }
}
