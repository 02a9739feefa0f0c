import SystemPackage

extension Sandbox {
    /// What `wafer ARGUMENTS` shows on a terminal, which Python's `pty` lends.
    func shown(_ arguments: [String]) async throws -> String {
        let words = ([Self.program.string] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let outcome = try await shell("python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' \(words) </dev/null")
        return outcome.text.replacing("\r\n", with: "\n")
    }
}
