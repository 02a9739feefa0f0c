import ArgumentParser
import State

/// How often a loop looks at tags.
struct PollingOptions: ParsableArguments {
    private static let standard = LookPolicy.standard

    @Option(help: ArgumentHelp("To the next look at a tag that changed a moment ago.", valueName: "seconds"))
    var pollMin = Int(standard.shortest)

    @Option(
        help: ArgumentHelp("To the next look at a tag that hardly changes; 0 looks in each pass.", valueName: "seconds")
    )
    var pollMax = Int(standard.longest)

    func validate() throws {
        guard pollMin >= 0, (0...31_536_000).contains(pollMax) else {
            throw ValidationError("--poll-min and --poll-max: they must be 0 seconds to a year")
        }
        guard pollMin <= pollMax || pollMax == 0 else {
            throw ValidationError("--poll-min \(pollMin): it must not be more than --poll-max \(pollMax)")
        }
    }

    /// The same for the loop.
    var policy: LookPolicy { LookPolicy(shortest: Double(pollMin), longest: Double(pollMax)) }
}
