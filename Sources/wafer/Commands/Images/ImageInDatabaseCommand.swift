import ArgumentParser
import Conversion
import State

/// Tells whether an image is in the database.
struct ImageInDatabaseCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "image-in-database",
        abstract: "Print 1 if an image is in the database, else 0.",
        usage: "wafer image-in-database <image>",
        discussion: """
            The user who logs in for it does not matter. The exit status is 0 in both
            cases.

            EXAMPLE:
              wafer image-in-database redis:4
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let reference = StoredReference(try argument.parsed(), user: nil)
        let database = try await global.openDatabase()
        let images = try await database.wishes.imagesOfAnyUser(reference)
        try await database.close()
        try StandardOutput.line(images.isEmpty ? "0" : "1")
    }
}
