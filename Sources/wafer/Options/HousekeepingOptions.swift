import ArgumentParser
import CVMFS
import Conversion
import Foundation

/// What a loop removes, and when.
struct HousekeepingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Prune all repositories this often, such as 1d; never without it.", valueName: "time"))
    var pruneEvery: Period?

    @Option(help: ArgumentHelp("How long something must have been unwanted to be pruned.", valueName: "time"))
    var grace = Period(seconds: 7 * 86_400)

    @Option(help: ArgumentHelp("Collect garbage each day at this local time; never without it.", valueName: "HH:MM"))
    var gcAt: DayTime?

    @Option(help: ArgumentHelp("Keep revisions that were current within this time.", valueName: "time"))
    var keep = Period(seconds: 3 * 86_400)

    func validate() throws {
        // A loop that did nothing else would keep everybody out.
        if let pruneEvery, pruneEvery.seconds < 1 {
            throw ValidationError("--prune-every \(pruneEvery.seconds)s: it must be a second or more")
        }
    }

    /// The same for the loop.
    var schedule: Housekeeping.Schedule {
        Housekeeping.Schedule(
            pruning: pruneEvery.map { TimeInterval($0.seconds) },
            grace: TimeInterval(grace.seconds),
            collectionMinute: gcAt?.minute,
            policy: CollectionPolicy(seconds: keep.seconds)
        )
    }
}

/// A time of the day as people type it: `03:00`.
struct DayTime: ExpressibleByArgument, Equatable {
    /// Minutes since midnight.
    let minute: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isASCII) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        self.minute = hour * 60 + minute
    }
}
