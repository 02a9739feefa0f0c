import ArgumentParser

/// The commands for CVMFS repositories.
struct RepositoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repository",
        abstract: "Create, register, read, edit and check CVMFS repositories.",
        usage: "wafer repository <command> [<options>]",
        discussion: """
            EXAMPLES:
              wafer repository create cd.cern.ch --storage /srv/cvmfs/cd.cern.ch
              wafer repository ls cd.cern.ch /.layers -l
            """,
        subcommands: [
            RepositoryCreateCommand.self, RepositoryAddCommand.self, RepositoryAttachCommand.self,
            RepositoryListCommand.self, RepositoryInfoCommand.self, RepositorySetCommand.self,
            RepositoryResignCommand.self,
            RepositoryLsCommand.self, RepositoryCatCommand.self, RepositoryExportCommand.self,
            RepositoryDiffCommand.self, RepositoryCheckCommand.self, RepositoryIngestCommand.self,
            RepositoryRmCommand.self, RepositoryTagCommand.self, RepositoryRollbackCommand.self,
            RepositoryLogCommand.self, RepositoryMetainfoCommand.self, RepositoryWhitelistCommand.self,
            RepositoryRotateKeyCommand.self, RepositoryCollectCommand.self,
        ]
    )
}
