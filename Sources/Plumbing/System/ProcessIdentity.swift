import Foundation
import Glibc

/// Which process, for good: a process id alone is given again to others.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    /// The process id within its namespace.
    package let pid: Int32
    /// When the process started, in clock ticks since the machine did (`proc(5)`, field 22 of `/proc/PID/stat`).
    package let startTicks: Int64
    /// The host's name.
    package let host: String
    /// Changes with each start of the machine.
    package let bootID: String
    /// Two containers on one machine have their own process numbers.
    package let pidNamespace: String

    /// An identity by its parts.
    package init(pid: Int32, startTicks: Int64, host: String, bootID: String, pidNamespace: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.host = host
        self.bootID = bootID
        self.pidNamespace = pidNamespace
    }

    /// This process.
    package static let current = ProcessIdentity(
        pid: getpid(),
        startTicks: ProcessEntry(pid: getpid())?.startTicks ?? 0,
        host: hostName(),
        // Not every sandbox shows it; then the start time alone tells processes apart.
        bootID: (try? BootID.read()) ?? "unknown",
        pidNamespace: link("/proc/self/ns/pid")
    )

    /// Another process of this machine, seen from here; nil where there is none.
    package static func of(_ pid: Int32) -> ProcessIdentity? {
        ProcessEntry(pid: pid).map { entry in
            ProcessIdentity(
                pid: pid,
                startTicks: entry.startTicks,
                host: current.host,
                bootID: current.bootID,
                pidNamespace: current.pidNamespace
            )
        }
    }

    /// Whether the process lives, as far as this one can tell; nil if it cannot be looked at from here.
    package func lives(seenFrom here: ProcessIdentity = .current) -> Bool? {
        guard host == here.host else { return nil }
        // The same host was started again since: whatever ran then is gone.
        guard bootID == here.bootID else { return false }
        guard pidNamespace == here.pidNamespace else { return nil }
        if kill(pid, 0) != 0, errno == ESRCH { return false }
        // Where /proc hides the processes of others, that one exists is all there is to know.
        guard let entry = ProcessEntry(pid: pid) else { return true }
        return entry.startTicks == startTicks && !entry.hasEnded
    }

    /// Whether it or another process of the session that it leads lives: what it started may outlive it. Nil if that
    /// cannot be looked at from here.
    package func sessionLives(seenFrom here: ProcessIdentity = .current) -> Bool? {
        let lives = lives(seenFrom: here)
        guard lives == false, bootID == here.bootID else { return lives }
        // While a session has its number, no other process gets it.
        if let entry = ProcessEntry(pid: pid), entry.startTicks != startTicks { return false }
        return ProcessEntry.all().contains { $0.session == pid && !$0.hasEnded }
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return name.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? "unknown"
        }
    }

    private static func link(_ path: String) -> String {
        // Not every sandbox shows it; then all processes count as of one namespace.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? "unknown"
    }
}
