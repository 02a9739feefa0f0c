import Glibc

/// A session whose leader has ended, and in which a process is left.
package struct OrphanSession: Sendable {
    /// The process that led it.
    package let leader: Int32
    /// The process that is left, for some minutes.
    package let member: Int32

    /// Starts one.
    package init() async throws {
        let script = "sleep 300 >/dev/null 2>&1 & echo $$ $!"
        let output = try await ExternalTool.run("setsid", ["--wait", "sh", "-c", script])
        let numbers = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap {
            Int32($0)
        }
        guard numbers.count == 2 else { throw ExternalTool.Failure(description: "setsid: \(numbers)") }
        (leader, member) = (numbers[0], numbers[1])
    }

    /// Ends what is left.
    package func end() {
        kill(member, SIGKILL)
    }
}
