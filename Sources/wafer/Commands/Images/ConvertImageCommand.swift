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
                       [--user-output <name>] [--allow-private] [--convert-again]
            """,
        discussion: """
            The image becomes visible in one revision, verified, as that of a desiderata
            does; but nothing looks for newer ones, and nothing of it is in the status.
            One that is there already changes nothing.

            Where a desiderata has the same image in the same repository, its next pass
            brings what is made of the image to what the desiderata wants: a place in
            podmanStore that it does not want goes again. To keep it, change the
            desiderata with wafer set-desiderata.

            A name that a desiderata has in the repository is refused: --as takes another.

            \(WantedFormats.help)

            EXIT STATUS:
              0   done, or up to date
              1   nothing could be done: no such repository or user, a name that is taken
              3   the image could not be converted

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

    @OptionGroup
    var options: WishOptions

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The path below the repository by which people reach its tree.", valueName: "name"),
        transform: ImageNames.checked
    )
    var name: BytePath?

    @Flag(name: [.customShort("g"), .long], help: "Also where it is up to date: its tree is made anew.")
    var convertAgain = false

    @OptionGroup
    var progress: ProgressOption

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws { _ = try wish() }

    /// What is wanted. A usage error where a value cannot be taken.
    private func wish() throws -> Wish {
        let images = try options.images(of: image)
        try WishOptions.check(repository: repository)
        if name != nil, !options.wantedFormats.contains(.flat) {
            throw ValidationError("--as: only a root file system has a name: add flat to the formats")
        }
        var wish = Wish(
            input: images.input,
            output: images.output,
            repository: repository,
            formats: options.wantedFormats,
            platforms: options.wantedPlatforms,
            name: name
        )
        wish.allowsPrivate = options.allowPrivate
        return wish
    }

    func run() async throws {
        let wish = try wish()
        let database = try await global.openDatabase()
        let settings = try await database.registrations.repository(repository).trees
        try await refuseTakenNames(of: wish, database)
        for image in [wish.input, wish.output].compactMap(\.self) { _ = try await database.credentials(for: image) }
        let result = try await RegistryAccess.with(
            global.logger,
            network.settings(),
            users: DatabaseUsers(database)
        ) { registry in
            let conversion = ConversionOptions(
                convertAgain: convertAgain,
                overwriteLayers: options.overwriteLayers,
                thinForm: options.thin.form,
                limits: limitOptions.limits
            )
            let tools = ConversionTools(
                global,
                database: database,
                registry: registry,
                network: network,
                progress: progress,
                options: conversion
            )
            return try await Interruption.cancelling(global.logger, tools.server) {
                try await convert(wish, tools)
            }
        }
        try await database.close()
        let outcome = ConversionSummary.text(.success(result))
        try StandardOutput.line("\(Cell.text(wish.input.text).field): \(outcome)")
        if let name = try wish.treeName(settings) { try StandardOutput.line("/cvmfs/\(repository)\(name.absolute)") }
    }

    /// Before anything is downloaded: the next pass would take such a name back.
    private func refuseTakenNames(of wish: Wish, _ database: StateDatabase) async throws {
        try await database.wishes.refuseTakenNames(
            of: wish.input,
            as: wish.name.map { String(decoding: $0.bytes, as: UTF8.self) },
            formats: wish.formats,
            platforms: wish.platforms,
            in: wish.repository
        )
    }

    /// Converts it; what goes wrong from here on is a failure of the image, but somebody's wish to stop is not.
    private func convert(_ wish: Wish, _ tools: ConversionTools) async throws -> ConversionResult {
        do {
            return try await tools.converter.convert(wish)
        } catch {
            try Task.checkCancellation()
            StandardErrorLog.report(error: ErrorText.describe(error), format: global.logFormat)
            throw ExitStatus.imagesFailed
        }
    }
}
