import ArgumentParser
import CVMFS
import Conversion
import OCI
import Plumbing
import State

/// What is wanted of an image: common to the commands that say it for the first time.
struct WishOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to make beside the layers, with commas between. Default: flat, and thin where there is an output image.",
            valueName: "names"
        ),
        transform: WantedFormats.parse
    )
    var formats: OutputFormats?

    @OptionGroup
    var platforms: PlatformsOption

    @Option(name: .shortAndLong, help: ArgumentHelp("The thin image to push, where one is wanted.", valueName: "image"))
    var outputImage: String?

    @Option(
        name: [.customShort("a"), .customLong("user-input")],
        help: ArgumentHelp("Who fetches the input image, of the database's users.", valueName: "name")
    )
    var userInput: String?

    @Option(
        name: [.customShort("b"), .customLong("user-output")],
        help: ArgumentHelp("Who pushes the output image, of the database's users.", valueName: "name")
    )
    var userOutput: String?

    @Flag(
        name: [.customShort("f"), .customLong("overwrite-layers")],
        help: "Download and store layers that are there anew, each as it is on the layers below it in this image."
    )
    var overwriteLayers = false

    @Flag(help: "Publish it though it needs credentials at its registry: everybody shall read it.")
    var allowPrivate = false

    @OptionGroup
    var thin: ThinFormOption

    func validate() throws {
        if let fault = wantedFormats.fault(hasOutputImage: outputImage != nil) {
            throw ValidationError("--formats \(wantedFormats): \(fault)")
        }
        if let userOutput, outputImage == nil {
            throw ValidationError(
                "--user-output \(Printable.text(userOutput)): nobody logs in where nothing is pushed: name the output image"
            )
        }
    }

    /// The formats as they were named, or what is meant where they were not.
    var wantedFormats: OutputFormats { formats ?? .standard(hasOutputImage: outputImage != nil) }

    /// The platforms as the database has them, or the one that is meant where none was named.
    var wantedPlatforms: [String] { platforms.names ?? [Desiderata.standardPlatform] }

    /// Both images, as the database has them, and how the input is reached. A usage error where one of the names is none.
    func images(of input: String) throws -> WishedImages {
        let source = try WantedImages.input(input)
        let output = try outputImage.map { try WantedImages.output($0, for: source) }
        return WishedImages(
            source: source,
            input: StoredReference(source, user: userInput),
            output: output.map { StoredReference($0, user: userOutput) }
        )
    }

    /// A usage error where a repository cannot have this name.
    static func check(repository fqrn: String) throws {
        do {
            try RepositoryName.validate(fqrn)
        } catch let error as CVMFSError {
            throw ValidationError(error.description)
        }
    }
}

/// The images of a wish.
struct WishedImages {
    /// The input as it is reached.
    let source: ImageSource
    /// The input, and who fetches it.
    let input: StoredReference
    /// The thin image, and who pushes it.
    let output: StoredReference?
}
