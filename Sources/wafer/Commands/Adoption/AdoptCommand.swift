import ArgumentParser
import Conversion
import Logging
import Plumbing
import Registry
import State

/// Takes a repository over that another program filled.
struct AdoptCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Take over a repository that DUCC or OSG's program filled.",
        usage: """
            wafer adopt <fqrn> [--recipe <recipe> ...] [--keep-going] [--dry-run]
                       [--format <form>]
            """,
        discussion: """
            Says what it finds: images, layers, root file systems, chains, podman's
            store, and what of them is not complete. Then it adds desideratas: those of
            the recipes, or without one those of the images that it found. Nothing in
            the repository is changed, and nothing is downloaded.

            From then on an image stays as it is until its tag moves. wafer convert
            brings what is not complete, wafer verify compares with the registry, and
            wafer prune also removes chains, and what DUCC left behind in podman's store.
            End the other program first: two that follow the same tags undo each
            other's work.

            The repository must be registered: see wafer repository attach and add.

            EXAMPLES:
              wafer adopt unpacked.cern.ch --dry-run
              wafer adopt unpacked.cern.ch --recipe recipe.yaml
            """
    )

    @Argument(help: ArgumentHelp("The repository's fully qualified name, such as cd.cern.ch.", valueName: "fqrn"))
    var fqrn: String

    @Option(
        name: .customLong("recipe"),
        help: ArgumentHelp("The recipe that the other program read; may be repeated.", valueName: "recipe"),
        completion: .file()
    )
    var sources: [String] = []

    @Flag(help: "Leave out entries of a recipe that cannot be read or added, and say which.")
    var keepGoing = false

    @Flag(help: "Say what would be done; change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let database = try await global.openDatabase()
        let registration = try await database.registrations.repository(fqrn)
        let adoption = Adoption(database, global.opener(network: network))
        let survey = try await adoption.survey(registration)
        var report = AdoptionReport(registration, survey, isRehearsal: dryRun)
        if format == .text { try StandardOutput.write(report.findings) }
        if survey.isEmpty {
            try await database.close()
            if format == .json { try StandardOutput.line(report.json.text()) }
            return
        }
        if sources.isEmpty {
            report.wishes = try await adoption.addDesideratas(for: survey, in: fqrn, isRehearsal: dryRun)
        } else {
            report.recipes = try await apply(database)
            let planned = report.recipes.flatMap(\.wanted)
            report.unwanted = try await adoption.unwanted(of: survey, in: fqrn, besides: planned)
        }
        // A recipe that could not be applied leaves everything as it was.
        if !dryRun, report.fault == nil { try await adoption.conclude(survey, of: fqrn) }
        for recipe in report.recipes { try await recipe.tell(global.logger, database) }
        try await database.close()
        switch format {
        case .text: try StandardOutput.write(report.consequences)
        case .json: try StandardOutput.line(report.json.text())
        }
        if let fault = report.fault { throw ConversionError(fault) }
        if report.isIncomplete { throw ExitStatus.imagesFailed }
    }

    private func apply(_ database: StateDatabase) async throws -> [RecipeReport] {
        let requests = try await RecipeOptions.requests(
            sources,
            repository: fqrn,
            keepsGoing: keepGoing,
            adopts: true
        ) { try network.webReader(global.logger) }
        // What is told of recipes comes after what was found.
        return try await RecipeOptions.reports(requests, isRehearsal: dryRun, database, network, global) { _ in }
    }
}
