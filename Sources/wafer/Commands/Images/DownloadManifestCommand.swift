import ArgumentParser
import OCI
import Registry

/// Prints a manifest.
struct DownloadManifestCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "download-manifest",
        abstract: "Print the manifest of an image exactly as its registry sends it.",
        usage: """
            wafer download-manifest <image> [--username <name>]
                       [--platform <os/arch>]
            """,
        discussion: """
            Byte for byte, so that its SHA-256 is its digest; an index as the index.
            With --platform it is the manifest of that platform instead. The database is
            only needed for --username.

            EXAMPLES:
              wafer download-manifest redis:4
              wafer download-manifest redis:4 --platform linux/arm64 | sha256sum
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @OptionGroup
    var user: UserOption

    @Option(
        help: ArgumentHelp("The image to take out of an index.", valueName: "os/arch"),
        transform: Platform.argument
    )
    var platform: Platform?

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let image = try argument.parsed()
        let credentials = try await user.credentials(for: image, global)
        let platform = platform
        let manifest = try await RegistryAccess.with(global.logger, network.settings(), users: global.users) {
            registry in
            let image = try await registry.open(image, credentials: credentials)
            return if let platform {
                try await image.resolve(platform: platform).raw
            } else {
                try await image.manifest(nil)
            }
        }
        try StandardOutput.write(document: manifest.bytes)
    }
}
