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
            What was published and pushed stays where it is: images may be running. From
            now on the image is unwanted, and wafer prune removes it from the repository
            after a while. What was pushed as a thin image no longer works then. One
            that a recipe names comes back when the recipe is applied again.

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
