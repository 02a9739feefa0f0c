import Foundation
package import SystemPackage

/// The memory that this process may have: that of the machine, or less where its group has a limit (cgroups(7)).
package enum MachineMemory {
    /// In bytes. What cannot be read limits nothing.
    package static var bytes: Int64 {
        let machine = Int64(clamping: ProcessInfo.processInfo.physicalMemory)
        return min(machine, limit(of: text("/proc/self/cgroup") ?? "", below: "/sys/fs/cgroup"))
    }

    /// The least limit of the group of a process and of those above it; `groups` is its `/proc/PID/cgroup`, and `root` where
    /// the hierarchy is.
    package static func limit(of groups: String, below root: FilePath) -> Int64 {
        guard let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return .max }
        var group = root.pushing(FilePath(String(line.dropFirst(4))))
        var least = Int64.max
        while group.starts(with: root) {
            // "max" is no number.
            let number = text(group.appending("memory.max"))?.filter { $0 != "\n" }
            least = min(least, number.flatMap { Int64($0) } ?? .max)
            if group == root { break }
            group.removeLastComponent()
        }
        return least
    }

    private static func text(_ file: FilePath) -> String? {
        FileManager.default.contents(atPath: file.string).map { String(decoding: $0, as: UTF8.self) }
    }
}
