import ArgumentParser
import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import State

/// Changes what is made of an image.
struct SetDesiderataCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-desiderata",
        abstract: "Change formats, platforms or the output image of a desiderata.",
        usage: """
            wafer set-desiderata <id> [--formats <names>]
                       [--platform <os/arch>|all ...]
                       [--output-image <image> | --no-output-image]
                       [--user-output <name>]
                       [--allow-private | --no-allow-private]
            """,
        discussion: """
            What is not named stays as it is; thin comes and goes with the output image
            where no formats are named. The next pass of wafer loop, or wafer convert,
            makes what is new, and takes away what is no longer wanted in the repository:
            names, root file systems that no image uses, places in podmanStore, metadata
            of platforms. Layers stay, and are not downloaded again; so does what was
            pushed.

            With --allow-private the image is published though its registry gives it to
            users only; without it, newer ones are not, and what is published stays.

            A desiderata that is being converted is not changed.

            \(WantedFormats.help)

            EXAMPLES:
              wafer set-desiderata 3 --formats layers,flat,podman,thin
              wafer set-desiderata 3 --platform linux/amd64 --platform linux/arm64
              wafer set-desiderata 3 --no-output-image
              wafer set-desiderata 3 --allow-private
            """
    )

    @Argument(help: ArgumentHelp("Its number in list-desideratas.", valueName: "id"))
    var id: Int64

    @Option(
        help: ArgumentHelp("What to make, with commas between.", valueName: "names"),
        transform: WantedFormats.parse
    )
    var formats: OutputFormats?

    @OptionGroup
    var platforms: PlatformsOption

    @Option(name: .shortAndLong, help: ArgumentHelp("The thin image to push from now on.", valueName: "image"))
    var outputImage: String?

    @Flag(help: "Push no thin image any more.")
    var noOutputImage = false

    @Option(
        name: [.customShort("b"), .customLong("user-output")],
        help: ArgumentHelp(
            "Who pushes the output image, of the database's users. Default: as before, at the same registry.",
            valueName: "name"
        )
    )
    var userOutput: String?

    @Flag(
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Whether everybody shall read it though it needs credentials at its registry."
    )
    var allowPrivate: Bool?

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        if formats == nil, platforms.names == nil, outputImage == nil, !noOutputImage, userOutput == nil,
            allowPrivate == nil
        {
            throw ValidationError(
                "nothing to set: name --formats, --platform, --output-image, --user-output or --allow-private"
            )
        }
        guard !noOutputImage || outputImage == nil && userOutput == nil else {
            throw ValidationError("--no-output-image does not go together with --output-image or --user-output")
        }
    }

    func run() async throws {
        let database = try await global.openDatabase()
        let old = try await database.wishes.desiderata(id)
        let output = try wantedOutput(old)
        // Now: a conversion that can only fail at its last step helps nobody.
        if case .image(let reference) = output { _ = try await database.credentials(for: reference) }
        let new = try await database.wishes.setDesiderata(
            id,
            formats: formats ?? formats(of: old, with: output),
            platforms: platforms.names,
            output: output,
            allowsPrivate: allowPrivate,
            at: Date()
        )
        let recipe = old == new ? nil : try await database.recipes.owner(of: id)
        try await database.close()
        if let recipe { global.logger.warning("\(RecipeOwnership(recipe).warning(of: id, "changes it back"))") }
        for line in Self.changes(from: old, to: new) { try StandardOutput.line(line) }
        try StandardOutput.line(
            old == new
                ? "desiderata \(id) was like that already"
                : "changed desiderata \(id): the next pass makes what is new and takes away what is no longer wanted "
                    + "(wafer convert \(id), or wafer loop)"
        )
    }

    /// What becomes of the output image; nil where nothing was said of it.
    private func wantedOutput(_ old: Desiderata) throws -> Desiderata.OutputChange? {
        if noOutputImage { return .removed }
        guard outputImage != nil || userOutput != nil else { return nil }
        guard let name = outputImage ?? old.output?.reference.text else {
            throw StateError.invalidValue(
                "desiderata \(id) pushes nothing, so nobody logs in: name the output image with --output-image"
            )
        }
        let image = try WantedImages.output(name, for: try ImageSource(old.input.reference))
        let wanted = StoredReference(image, user: userOutput)
        guard userOutput == nil, let former = old.output?.reference,
            former.canonicalRegistry == wanted.canonicalRegistry
        else { return .image(wanted) }
        return .image(StoredReference(image, user: former.user))
    }

    /// Thin comes and goes with the output image.
    private func formats(of old: Desiderata, with output: Desiderata.OutputChange?) -> OutputFormats? {
        switch output {
        case nil: nil
        case .image: OutputFormats(old.formats.all + [.thin])
        case .removed: OutputFormats(old.formats.all.filter { $0 != .thin })
        }
    }

    private static func changes(from old: Desiderata, to new: Desiderata) -> [String] {
        let fields: [(String, (Desiderata) -> String)] = [
            ("formats", { $0.formats.description }), ("platforms", { Cell.list($0.platforms).shown }),
            ("output image", { outputText($0) }), ("private", { $0.allowsPrivate ? "allowed" : "refused" }),
        ]
        return fields.compactMap { name, text in
            text(old) == text(new) ? nil : "\(name): \(text(new)), before: \(text(old))"
        }
    }

    private static func outputText(_ desiderata: Desiderata) -> String {
        guard let reference = desiderata.output?.reference else { return "none" }
        let user = reference.user.map { " (user \(Printable.text($0)))" } ?? ""
        return Printable.text(reference.text) + user
    }
}
