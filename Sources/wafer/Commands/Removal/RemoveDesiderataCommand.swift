import ArgumentParser
import Foundation
import Logging
import Plumbing
import State

/// Forgets a desiderata.
struct RemoveDesiderataCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-desiderata",
        abstract: "Remove a desiderata and its history.",
        usage: "wafer remove-desiderata <id> [--dry-run]",
        discussion: """
            What was published and pushed stays where it is: images may be running. From
            now on the image is unwanted, and wafer prune removes it from the repository
            after a while. What was pushed as a thin image no longer works then. One
            that a recipe names comes back when the recipe is applied again: take it out
            of the recipe.

            EXAMPLES:
              wafer remove-desiderata 3
              wafer remove-desiderata 3 --dry-run
            """
    )

    @Argument(help: ArgumentHelp("Its number in list-desideratas.", valueName: "id"))
    var id: Int64

    @Flag(help: "Show what would be removed; change nothing.")
    var dryRun = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let desiderata = try await database.wishes.desiderata(id)
        let recipe = try await database.recipes.owner(of: id)
        if !dryRun { try await database.wishes.removeDesiderata(id, at: Date()) }
        try await database.close()
        if dryRun {
            try StandardOutput.line(
                "nothing was changed: desiderata \(id), of \(Printable.text(desiderata.input.reference.text)) in "
                    + "\(Printable.text(desiderata.cvmfsRepository)), would be removed with its history"
            )
        }
        guard let recipe else { return }
        global.logger.warning("\(RecipeOwnership(recipe).warning(of: id, "brings it back"))")
    }
}
