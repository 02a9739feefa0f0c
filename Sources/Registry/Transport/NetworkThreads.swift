import Foundation
import Glibc
package import NIOCore
import NIOPosix
import Plumbing
import Synchronization

/// The event loops that every HTTP client of the process shares.
///
/// One set for the process: threads and descriptors are limited by process, and clients come and go.
///
/// They end the program where the system refuses them a thread or a descriptor, so that is found out before they begin.
package enum NetworkThreads {
    /// The system allows too few descriptors.
    package struct TooFewDescriptors: Error, CustomStringConvertible {
        let code: Int32

        /// One line: what failed, why, and the next step.
        package var description: String {
            "cannot begin to speak with registries: \(String(cString: strerror(code))): raise the limit of open files (ulimit -n, "
                + "LimitNOFILE of a systemd unit)"
        }
    }

    /// More would only take descriptors: a loop moves more than a fast network brings.
    private static let mostLoops = 8
    /// A loop's own: epoll, an event, a timer.
    private static let descriptorsOfLoop = 3

    private static let isBegun = Mutex(false)
    private static let count = min(ProcessInfo.processInfo.activeProcessorCount, mostLoops)

    /// The loops. They live as long as the process; whoever uses them first calls ``begin()`` before.
    package static let loops: any EventLoopGroup = MultiThreadedEventLoopGroup(numberOfThreads: count)

    /// Begins the event loops, once. Throws ``TooFewDescriptors`` and `ThreadError`; another call tries again then. Blocks.
    package static func begin() throws {
        try isBegun.withLock { isBegun in
            if isBegun { return }
            try probeDescriptors(count * descriptorsOfLoop)
            try ThreadProbe.run(count, for: "network")
            _ = loops
            isBegun = true
        }
    }

    private static func probeDescriptors(_ count: Int) throws {
        var probes: [Int32] = []
        defer { for descriptor in probes { close(descriptor) } }
        for _ in 0..<count {
            let descriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw TooFewDescriptors(code: errno) }
            probes.append(descriptor)
        }
    }
}
