import Foundation

/// What `/proc/PID/stat` says of a process (`proc(5)`).
struct ProcessEntry {
    let startTicks: Int64
    /// A zombie has ended; only its parent has not looked yet.
    let hasEnded: Bool

    /// Nil where there is no such process, or it is hidden.
    init?(pid: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .isoLatin1) else { return nil }
        self.init(stat: text)
    }

    /// Reads the line; the name in parentheses may hold anything, blanks and parentheses too.
    init?(stat: String) {
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        // Field 3 is the first after the name, field 22 the start time.
        guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
        startTicks = ticks
        hasEnded = fields[0] == "Z" || fields[0] == "X"
    }
}
