import ArgumentParser

/// The commands for what a repository says of itself.
struct RepositoryMetainfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metainfo",
        abstract: "Show and replace what a repository says of itself.",
        usage: "wafer repository metainfo <command> [<options>]",
        discussion: """
            A JSON object for people and sites: administrator, email, organisation,
            description, url, recommended-stratum0 (strings), recommended-stratum1s
            (strings in an array), custom (an object), and whatever else you like.

            EXAMPLE:
              wafer repository metainfo show cd.cern.ch
            """,
        subcommands: [MetainfoShowCommand.self, MetainfoSetCommand.self]
    )
}
