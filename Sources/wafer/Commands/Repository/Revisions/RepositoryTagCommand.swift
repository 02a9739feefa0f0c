import ArgumentParser

/// The commands for the tags of a repository.
struct RepositoryTagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "List, add and remove names of revisions.",
        usage: "wafer repository tag <command> [<options>]",
        discussion: """
            A tag keeps its revision from being collected. trunk is the newest revision
            and trunk-previous the one before; every publication moves them.

            EXAMPLE:
              wafer repository tag add cd.cern.ch before-cleanup
            """,
        subcommands: [
            RepositoryTagListCommand.self, RepositoryTagAddCommand.self, RepositoryTagRemoveCommand.self,
        ]
    )
}
