import ArgumentParser
import Foundation
import OCI

/// The image that a command is about.
struct ImageArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "[SCHEME://][REGISTRY/]REPOSITORY[:TAG][@DIGEST], oci:DIR[:NAME] or docker-archive:FILE[:REFERENCE].",
            valueName: "image"
        )
    )
    var image: String

    /// What was typed, understood. Throws `OCIError`, naming the part and the rule.
    func parsed() throws -> ImageSource {
        try ImageSource(argument: image)
    }
}

extension ImageSource {
    /// What somebody typed here: relative paths are below the current folder.
    init(argument: String) throws {
        try self.init(parsing: argument, folder: FileManager.default.currentDirectoryPath)
    }
}
