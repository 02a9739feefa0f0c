import ArgumentParser

/// Makes the desideratas of recipes what the recipes say.
struct RecipeApplyCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Add, change and remove the desideratas of recipes.",
        usage: """
            wafer recipe apply <recipe> ... [--dry-run] [--keep-going]
                       [--adopt] [--repository <fqrn>] [--formats <names>]
                       [--platform <os/arch>|all ...] [--allow-private]
                       [--format <form>]
            """,
        discussion: """
            Asks the registries for tags where an entry has rules, and does all that
            follows in one transaction, or nothing. Desideratas of other recipes, and
            those that somebody added, stay as they are. An entry whose registry does
            not give its whole list keeps what it selected before.

            EXIT STATUS:
              0   all is as the recipes say
              1   nothing was done: the message says why
              3   something stayed as it was, or was left out: the messages name it

            The path or address is the recipe's name: wafer loop reads it again there.
            What was published stays in the repository.

            Lists and recipes of version 1 cannot say what is made of their images:
            --formats, --platform and --allow-private say it, also for wafer loop.

            EXAMPLES:
              wafer recipe apply images.yaml --dry-run
              wafer recipe apply https://a.org/images.yaml
              wafer recipe apply docker_images.txt --repository cd.cern.ch \\
                --keep-going --formats flat,podman
            """
    )

    @OptionGroup
    var recipes: RecipeOptions

    @Flag(help: "Show what would be done; change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        try await recipes.apply(isRehearsal: dryRun, format: format, network, global)
    }
}
