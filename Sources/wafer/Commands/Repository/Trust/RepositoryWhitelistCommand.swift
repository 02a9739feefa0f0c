import ArgumentParser

/// The commands for a whitelist whose master key lives elsewhere.
struct RepositoryWhitelistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whitelist",
        abstract: "Renew a whitelist with a master key that lives elsewhere.",
        usage: "wafer repository whitelist <command> [<options>]",
        discussion: """
            The machine that publishes needs no master key. It writes a request, whoever
            holds the key signs that, and the first machine installs the result. Where
            the master key is at hand, wafer repository resign does all of it.

            EXAMPLE:
              wafer repository whitelist request cd.cern.ch >cd.request
              wafer repository whitelist sign cd.request \\
                --master-key cd.cern.ch.masterkey >cd.whitelist
              wafer repository whitelist install cd.cern.ch cd.whitelist
            """,
        subcommands: [
            WhitelistRequestCommand.self, WhitelistSignCommand.self, WhitelistInstallCommand.self,
        ]
    )
}
