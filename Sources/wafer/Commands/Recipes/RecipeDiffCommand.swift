import ArgumentParser

/// Shows what applying recipes would do.
struct RecipeDiffCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what applying recipes would do, and why.",
        usage: """
            wafer recipe diff <recipe> ... [--keep-going] [--adopt]
                       [--repository <fqrn>] [--formats <names>]
                       [--platform <os/arch>|all ...] [--allow-private]
                       [--format <form>]
            """,
        discussion: """
            The same as wafer recipe apply --dry-run, and besides every tag of the
            entries with rules: whether it is selected (+) or not (-), and which rule
            says so.

            EXAMPLE:
              wafer recipe diff images.yaml
            """
    )

    @OptionGroup
    var recipes: RecipeOptions

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        try await recipes.apply(isRehearsal: true, showingTags: true, format: format, network, global)
    }
}
