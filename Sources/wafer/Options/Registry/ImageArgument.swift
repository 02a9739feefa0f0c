import ArgumentParser
import Foundation
import OCI

/// The image that a command is about.
struct ImageArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "[SCHEME://][REGISTRY/]REPOSITORY[:TAG][@DIGEST], oci:DIR[:NAME], oci-archive:FILE[:NAME], "
                + "docker-archive:FILE[:REFERENCE] or dir:DIR.",
            valueName: "image"
        )
    )
    var image: String

    /// What was typed, understood. Throws `OCIError`, naming the part and the rule.
    func parsed() throws -> ImageSource {
        try ImageSource(argument: image)
    }

    /// The same where it has to be an image of a registry.
    func registryImage() throws -> ImageReference {
        try parsed().registryImage()
    }
}

extension ImageSource {
    /// What somebody typed here: relative paths are below the current folder.
    init(argument: String) throws {
        try self.init(parsing: argument, folder: FileManager.default.currentDirectoryPath)
    }

    /// The image of a registry. Throws `OCIError` where it is a file.
    func registryImage() throws -> ImageReference {
        guard case .registry(let reference) = self else {
            throw OCIError.invalidReference(part: .reference, text: description, rule: "must be an image of a registry")
        }
        return reference
    }
}
