import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import Registry
import State

/// Adds what the operator wants, and converts it.
struct AddDesiderataCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-desiderata",
        abstract: "State an input image, its outputs and a repository; convert it.",
        usage: """
            wafer add-desiderata --input-image <image> [--output-image <image>]
                       --repository <fqrn> [--formats <names>]
                       [--platform <os/arch>|all ...] [--user-input <name>]
                       [--user-output <name>] [--allow-private] [--no-convert]
                       [--overwrite-layers]
            """,
        discussion: """
            Reads both names, looks for the same desiderata in the database, asks the
            registry for the input's manifest, adds and converts, in this order. A failed
            conversion leaves the desiderata in place (exit status 3). Where wafer loop
            is running on the database, the conversion is left to it.

            What an image's registry gives to users only is not published where everybody
            could read it, unless --allow-private says that this is meant.

            \(WantedFormats.help)

            EXAMPLES:
              wafer add-desiderata --repository cd.cern.ch --user-output foo \\
                --input-image https://registry.hub.docker.com/library/redis:4 \\
                --output-image https://docker.foo.bar.com/thin/redis:4
              wafer add-desiderata --repository cd.cern.ch --platform all \\
                --input-image https://registry.hub.docker.com/library/redis:4
            """
    )

    // What was interrupted is its conversion: it is added already.
    static let continuation: String? = "wafer convert"

    @Option(name: .shortAndLong, help: ArgumentHelp("The image to convert.", valueName: "image"))
    var inputImage: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The CVMFS repository for the layers.", valueName: "fqrn"))
    var repository: String

    @OptionGroup
    var wish: WishOptions

    @Flag(
        name: [.customLong("convert"), .customShort("c")],
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Whether to convert it now."
    )
    var convert = true

    @OptionGroup
    var progress: ProgressOption

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        _ = try wish.images(of: inputImage)
        try WishOptions.check(repository: repository)
    }

    func run() async throws {
        let images = try wish.images(of: inputImage)
        let database = try await global.openDatabase()
        try await RegistryAccess.with(global.logger, network.settings(), users: DatabaseUsers(database)) { registry in
            let desiderata = try await add(images, to: database, registry)
            try StandardOutput.line("added desiderata \(desiderata.id)")
            if try await database.registrations.findRepository(repository) == nil {
                global.logger.warning(
                    "repository \(repository) is not registered: `wafer repository create \(repository) --storage DIR`"
                )
            }
            if convert { try await convert(desiderata, database, registry) }
        }
        try await database.close()
    }

    /// The document's order: already there, manifest, add.
    private func add(
        _ images: WishedImages,
        to database: StateDatabase,
        _ registry: RegistryClient
    ) async throws -> Desiderata {
        let (input, output) = (images.input, images.output)
        if let twin = try await database.wishes.desiderata(input: input, output: output, cvmfsRepository: repository) {
            throw twin.taken(formats: wish.wantedFormats, platforms: wish.wantedPlatforms)
        }
        // Both users now: a conversion that can only fail at its last step helps nobody.
        if let output { _ = try await database.credentials(for: output) }
        let credentials = try await database.credentials(for: input)
        _ = try await registry.open(images.source, credentials: credentials).manifest(nil)
        let wanted = RecipeWish(
            input: input,
            output: output,
            formats: wish.wantedFormats,
            platforms: wish.wantedPlatforms,
            allowsPrivate: wish.allowPrivate
        )
        return try await database.wishes.addDesiderata(wanted, cvmfsRepository: repository, at: Date())
    }

    private func convert(
        _ desiderata: Desiderata,
        _ database: StateDatabase,
        _ registry: RegistryClient
    ) async throws {
        if let owner = try await database.claims.loopOwner(at: Date()) {
            try StandardOutput.line("left to the loop of \(owner), which converts it in its next pass")
            return
        }
        let options = ConversionOptions(
            overwriteLayers: wish.overwriteLayers,
            thinForm: wish.thin.form,
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
        let outcome = try await Interruption.cancelling(global.logger, tools.server) {
            try await tools.convert(desiderata)
        }
        try StandardOutput.line(ConversionSummary.line(desiderata, outcome))
        guard ConversionSummary(outcome) == .failed else { return }
        let text = "desiderata \(desiderata.id) was added, but not converted: `wafer convert` tries again"
        StandardErrorLog.report(error: text, format: global.logFormat)
        throw ExitStatus.imagesFailed
    }
}
