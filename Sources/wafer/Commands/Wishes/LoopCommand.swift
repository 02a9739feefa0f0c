import ArgumentParser
import Conversion
import Glibc
import Logging
import State
import Terminal

/// Converts again and again.
struct LoopCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop",
        abstract: "Convert all desideratas again and again.",
        usage: """
            wafer loop [--interval <seconds>] [--recipe-interval <seconds>]
                       [--poll-min <seconds>] [--poll-max <seconds>]
                       [--jobs <number>] [--memory <bytes>] [--convert-again]
                       [--platform <os/arch>]
                       [--prune-every <time>] [--gc-at <HH:MM>]
            """,
        discussion: """
            A pass looks at what is due, and so at what other commands add meanwhile: at
            a tag the more rarely the longer it stands for the same image, at a digest
            only when something about it was changed; status shows the next look. A
            desiderata that fails waits longer each time. A line on the
            standard output tells of each conversion, failure and change. Whitelists are
            renewed in time where the master key can be read.

            Recipes that were applied are read again as often; one that cannot be read,
            or whose registry does not answer, leaves everything as it was.

            With --prune-every and --gc-at it removes what wafer prune and wafer
            repository gc would.

            On SIGINT and SIGTERM it abandons what it is at, leaves the last revision as
            it is, and ends with status 0 within 10 seconds; a second signal ends it at
            once. Only a transaction of cvmfs_server is published or aborted first. A
            second loop on the same database is refused.

            EXAMPLES:
              wafer loop --interval 300
              wafer loop --poll-max 3600 --jobs 4
              wafer loop --prune-every 1d --gc-at 03:00
            """
    )

    @Option(help: ArgumentHelp("From the end of a pass to the next.", valueName: "seconds"))
    var interval = 60

    @Option(
        help: ArgumentHelp("How often registries are asked for the tags of recipes.", valueName: "seconds")
    )
    var recipeInterval = 900

    @OptionGroup
    var polling: PollingOptions

    @OptionGroup
    var flags: ConversionFlags

    @OptionGroup(title: "Removal")
    var housekeeping: HousekeepingOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    /// Less than the ten seconds that are promised.
    private static let grace = Duration.seconds(9)

    func validate() throws {
        guard (0...31_536_000).contains(interval) else {
            throw ValidationError("--interval \(interval): it must be 0 seconds to a year")
        }
        guard (0...31_536_000).contains(recipeInterval) else {
            throw ValidationError("--recipe-interval \(recipeInterval): it must be 0 seconds to a year")
        }
    }

    func run() async throws {
        let logger = global.logger
        let database = try await global.openDatabase()
        try await RegistryAccess.with(logger, network.settings().settingAside, users: DatabaseUsers(database)) {
            registry in
            let tools = ConversionTools(
                global,
                database: database,
                registry: registry,
                network: network,
                progress: flags.progress,
                options: flags.options
            )
            let changes = OutcomeChanges()
            let loop = ConversionLoop(
                pass: tools.pass(jobs: flags.imagesAtOnce, polling.policy),
                recipes: RecipeRefresh(
                    database,
                    registry,
                    web: { [network] in try network.webReader(logger) },
                    interval: Double(recipeInterval),
                    logger: logger
                ),
                housekeeping: Housekeeping(
                    housekeeping.schedule,
                    state: database,
                    publisher: tools.publisher,
                    logger: logger
                ),
                repository: tools.repository,
                interval: .seconds(interval),
                context: global.writing,
                logger: logger,
                finished: changes.tell
            )
            try await Interruption.cancelling(
                logger,
                tools.server,
                stopping: {
                    logger.notice("stopping; a second signal ends at once")
                },
                // Whatever hangs: at every moment the repository is sound and the database's claims are taken over.
                grace: Self.grace,
                overdue: {
                    Screen.standardError.flush(within: .seconds(1))
                    _exit(0)
                }
            ) {
                try await loop.run()
            }
        }
        try await database.close()
    }
}
