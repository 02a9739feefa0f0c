import ArgumentParser
import OCI

/// Shows how an image's name is understood.
struct CheckImageSyntaxCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-image-syntax",
        abstract: "Show how an image's name is understood.",
        usage: "wafer check-image-syntax <image> [-z] [--format <form>]",
        discussion: """
            Nothing is asked of a registry or a database. No scheme means https; no
            registry means Docker Hub; neither tag nor digest means the tag latest. A
            digest pins: with it the tag is only a name.

            EXAMPLE:
              wafer check-image-syntax redis:4
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        try ImageDetails(argument.parsed()).print(list.form)
    }
}
