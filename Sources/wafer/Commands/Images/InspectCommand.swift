import ArgumentParser
import Conversion
import Logging
import OCI
import Registry
import State

/// Shows an image without converting it.
struct InspectCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show an image: digests, platforms, configuration, layers.",
        usage: """
            wafer inspect <image> [--platform <os/arch>] [--repository <fqrn>]
                       [--username <name>] [--raw] [--format <form>]
            """,
        discussion: """
            Manifest and configuration are fetched and verified, no layer. With
            --repository it says which layers that repository has already (known) and
            which a conversion would download (new). The database is only needed for
            --repository and --username.

            EXAMPLES:
              wafer inspect redis:4
              wafer inspect redis:4 --platform linux/arm64 --format json
              wafer inspect docker-archive:app.tar --repository cd.cern.ch
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @Flag(help: "Print the manifest byte for byte; an index as the index, unless --platform is there.")
    var raw = false

    @Option(
        help: ArgumentHelp("The image to take out of an index; linux/amd64 if none is named.", valueName: "os/arch"),
        transform: Platform.argument
    )
    var platform: Platform?

    @Option(name: .shortAndLong, help: ArgumentHelp("Say what this repository has of it.", valueName: "fqrn"))
    var repository: String?

    @OptionGroup
    var user: UserOption

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        guard !raw || repository == nil && format == .text else {
            throw ValidationError("--raw prints the manifest alone: it cannot go with --repository or --format")
        }
    }

    func run() async throws {
        let source = try argument.parsed()
        let database = repository == nil && user.username == nil ? nil : try await global.openDatabase()
        let credentials = try await database?.credentials(for: StoredReference(source, user: user.username))
        try await RegistryAccess.with(global.logger, network.settings(), users: global.users) { registry in
            let image = try await registry.open(source, credentials: credentials)
            if raw {
                try await StandardOutput.write(document: manifest(image).bytes)
            } else {
                let resolved = try await image.resolve(platform: platform ?? .linuxAMD64)
                try await show(ImageReport(image: resolved, holdings: holdings(of: resolved, database)))
            }
        }
        try await database?.close()
    }

    private func manifest(_ image: any ImageTransport) async throws -> RawManifest {
        guard let platform else { return try await image.manifest(nil) }
        return try await image.resolve(platform: platform).raw
    }

    private func holdings(of image: ResolvedImage, _ database: StateDatabase?) async throws -> RepositoryHoldings? {
        guard let repository, let database else { return nil }
        let registration = try await database.registrations.repository(repository)
        let opened = try await global.opener(network: network).reading(registration)
        return try await RepositoryHoldings(of: image, in: opened.reader, trees: registration.trees)
    }

    private func show(_ report: ImageReport) throws {
        switch format {
        case .text: try StandardOutput.write(report.text)
        case .json: try StandardOutput.line(report.json.text())
        }
    }
}
