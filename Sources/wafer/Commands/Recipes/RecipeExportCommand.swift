import ArgumentParser
import Conversion
import Logging
import Plumbing
import State

/// Writes the desideratas of a repository as a recipe.
struct RecipeExportCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print the desideratas of a repository as a recipe.",
        usage: "wafer recipe export <fqrn>",
        discussion: """
            A recipe of version 2 with each image by its name, whoever added it. Applied
            to another database, it makes the same desideratas. Images of files of this
            machine are left out; the messages name them.

            EXAMPLE:
              wafer recipe export cd.cern.ch > images.yaml
            """
    )

    @Argument(help: ArgumentHelp("The CVMFS repository.", valueName: "fqrn"))
    var repository: String

    @OptionGroup
    var global: GlobalOptions

    func validate() throws { try WishOptions.check(repository: repository) }

    func run() async throws {
        let database = try await global.openDatabase()
        let desideratas = try await database.wishes.desideratas().filter { $0.cvmfsRepository == repository }
        try await database.close()
        guard !desideratas.isEmpty else {
            throw ConversionError("no desiderata is for \(repository): `wafer list-desideratas` shows those there are")
        }
        let export = RecipeExport(desideratas, repository: repository)
        for left in export.left {
            global.logger.warning(
                "desiderata \(left.id) is left out: \(Printable.text(left.input.reference.text)) is a file of this machine"
            )
        }
        try StandardOutput.write(export.text())
    }
}
