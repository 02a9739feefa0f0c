import ArgumentParser
import OCI

/// The image that a command is about.
struct ImageArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("[SCHEME://][REGISTRY/]REPOSITORY[:TAG][@DIGEST]", valueName: "image"))
    var image: String

    /// What was typed, understood. Throws `OCIError`, naming the part and the rule.
    func parsed() throws -> ImageReference {
        try ImageReference(parsing: image)
    }
}
