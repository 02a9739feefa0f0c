import ArgumentParser
import OCI
import Plumbing
import Registry
import State

/// Lists what a registry has of an image.
struct ListTagsCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-tags",
        abstract: "List the tags that the registry has of an image.",
        usage: "wafer list-tags <image> [--username <name>] [--format <form>]",
        discussion: """
            One on each line, all pages of the registry's list, in its order. A tag in
            the image's name does not matter. The database is only needed for --username.

            EXAMPLES:
              wafer list-tags redis
              wafer list-tags https://docker.foo.bar.com/group/app --format json
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @OptionGroup
    var user: UserOption

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let image = try argument.registryImage()
        let credentials = try await user.credentials(for: .registry(image), global)
        let tags = try await RegistryAccess.with(global.logger, network.settings(), users: global.users) { registry in
            try await registry.tags(of: image, credentials: credentials)
        }
        switch format {
        case .text: for tag in tags { try StandardOutput.line(tag) }
        case .json:
            let report = JSONValue.object(["image": .string("\(image)"), "tags": .array(tags.map(JSONValue.string))])
            try StandardOutput.line(report.text())
        }
    }
}
