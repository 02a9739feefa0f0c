import Foundation

/// What `/proc/PID/stat` says of a process (`proc(5)`).
struct ProcessEntry {
    let startTicks: Int64
    /// The process that leads its session, or did.
    let session: Int32
    /// A zombie has ended; only its parent has not looked yet.
    let hasEnded: Bool

    /// All that can be seen from here.
    static func all() -> [ProcessEntry] {
        // Where nothing can be listed nothing can be seen.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0).flatMap(ProcessEntry.init(pid:)) }
    }

    /// Nil where there is no such process, or it is hidden.
    init?(pid: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .isoLatin1) else { return nil }
        self.init(stat: text)
    }

    /// Reads the line; the name in parentheses may hold anything, blanks and parentheses too.
    init?(stat: String) {
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        // Field 3 is the first after the name, field 6 the session, field 22 the start time.
        guard fields.count > 19, let leader = Int32(fields[3]), let ticks = Int64(fields[19]) else { return nil }
        session = leader
        startTicks = ticks
        hasEnded = fields[0] == "Z" || fields[0] == "X"
    }
}
