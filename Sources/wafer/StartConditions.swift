import CVMFS
import Foundation
import Glibc
import Plumbing

/// What the program must be allowed before it begins: libraries below it trap, or wait for ever, where a descriptor or a
/// thread is refused to them.
enum StartConditions {
    /// One is not met.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// The fewest descriptors: event loops, the database's connections, a few layers under way.
    static let fewestDescriptors: rlim_t = 64
    /// As many as are of use, where the operator allows them: each registry may have 256 connections.
    private static let usefulDescriptors: rlim_t = 4_096
    /// Threads beside those of Swift and of the event loops: readers of layers, workers, signals.
    private static let ownThreads = 8

    /// Raises what may be raised, and throws where that is too little.
    static func check() throws {
        FreedMemory.limitArenas()
        SQLiteMemory.leaveUncounted()
        try checkDescriptors()
        // Swift's own threads and Dispatch's: as many as cores each.
        try ThreadProbe.run(2 * ProcessInfo.processInfo.activeProcessorCount + ownThreads, for: "to begin")
    }

    private static func checkDescriptors() throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        if limit.rlim_cur < usefulDescriptors, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(limit.rlim_max, usefulDescriptors)
            // Where it is refused, the limit stays what it was.
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        guard limit.rlim_cur >= fewestDescriptors else {
            throw Fault(
                description:
                    "the limit of open files is \(limit.rlim_cur), and at least \(fewestDescriptors) are needed: raise "
                    + "it (ulimit -n, LimitNOFILE of a systemd unit)"
            )
        }
    }
}
