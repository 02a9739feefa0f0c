import ArgumentParser
import State

/// Lists the images.
struct ListImagesCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-images",
        abstract: "List all images in the database.",
        usage: "wafer list-images [-z] [--format <form>]",
        discussion: """
            EXAMPLE:
              wafer list-images --format json
            """
    )

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let images = try await database.wishes.images()
        try await database.close()
        try list.print(ImageListing.make(images))
    }
}
