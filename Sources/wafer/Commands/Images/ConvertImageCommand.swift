import ArgumentParser
import CVMFS
import Conversion
import OCI
import Plumbing
import Registry
import State

/// Converts one image that no desiderata wants.
struct ConvertImageCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert-image",
        abstract: "Convert one image now, without a desiderata.",
        usage: """
            wafer convert-image <image> <fqrn> [--formats <names>]
                       [--platform <os/arch>|all ...] [--as <name>]
                       [--output-image <image>] [--user-input <name>]
                       [--user-output <name>] [--convert-again]
            """,
        discussion: """
            The image becomes visible in one revision, verified, as that of a desiderata
            does; but nothing looks for newer ones, and nothing of it is in the status.
            One that is there already changes nothing.

            \(WantedFormats.help)

            EXAMPLES:
              wafer convert-image python:3.12 cd.cern.ch
              wafer convert-image python:3.12 cd.cern.ch --as tools/python:current
              wafer convert-image oci:/tmp/image:1 cd.cern.ch --platform all
            """,
        aliases: ["convert-single-image"]
    )

    @Argument(help: ArgumentHelp("The image to convert.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("The CVMFS repository.", valueName: "fqrn"))
    var repository: String

    @Option(
        help: ArgumentHelp(
            "What to make, with commas between. Default: layers,flat, and thin where there is an output image.",
            valueName: "names"
        ),
        transform: WantedFormats.parse
    )
    var formats: OutputFormats?

    @OptionGroup
    var platforms: PlatformsOption

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The path below the repository by which people reach its tree.", valueName: "name")
    )
    var name: String?

    @Option(help: ArgumentHelp("The thin image to push, where one is wanted.", valueName: "image"))
    var outputImage: String?

    @Option(help: ArgumentHelp("Who fetches the image, of the database's users.", valueName: "name"))
    var userInput: String?

    @Option(help: ArgumentHelp("Who pushes the output image, of the database's users.", valueName: "name"))
    var userOutput: String?

    @Flag(name: [.customShort("g"), .long], help: "Also where it is up to date: its tree is made anew.")
    var convertAgain = false

    @Flag(name: [.customShort("f"), .long], help: "Download and store layers that are there anew.")
    var overwriteLayers = false

    @OptionGroup
    var thin: ThinFormOption

    @OptionGroup
    var progress: ProgressOption

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    private var wantedFormats: OutputFormats { formats ?? .standard(hasOutputImage: outputImage != nil) }

    func validate() throws {
        if let fault = wantedFormats.fault(hasOutputImage: outputImage != nil) {
            throw ValidationError("--formats \(wantedFormats): \(fault)")
        }
        if name != nil, !wantedFormats.contains(.flat) {
            throw ValidationError("--as: only a root file system has a name: add flat to the formats")
        }
    }

    func run() async throws {
        let input = try WantedImages.input(image)
        let output = try outputImage.map { try WantedImages.output($0, for: input) }
        try RepositoryName.validate(repository)
        let name = try name.map(ImageNames.checked)
        let wish = Wish(
            input: StoredReference(input, user: userInput),
            output: output.map { StoredReference($0, user: userOutput) },
            repository: repository,
            formats: wantedFormats,
            platforms: platforms.names ?? [Desiderata.standardPlatform],
            name: name
        )
        let database = try await global.openDatabase()
        let result = try await RegistryAccess.with(
            global.logger,
            network.settings(),
            users: DatabaseUsers(database)
        ) { registry in
            let options = ConversionOptions(
                convertAgain: convertAgain,
                overwriteLayers: overwriteLayers,
                thinForm: thin.form,
                limits: limitOptions.limits
            )
            let tools = ConversionTools(
                global,
                database: database,
                registry: registry,
                network: network,
                progress: progress,
                options: options
            )
            return try await Interruption.cancelling(global.logger, tools.server) {
                let result = try await tools.converter.convert(wish)
                let settings = try await database.registrations.repository(repository).trees
                return (result, try wish.treeName(settings))
            }
        }
        try await database.close()
        let outcome = ConversionSummary.text(.success(result.0))
        try StandardOutput.line("\(Cell.text(wish.input.text).field): \(outcome)")
        if let name = result.1 { try StandardOutput.line("/cvmfs/\(repository)\(name.absolute)") }
    }
}
