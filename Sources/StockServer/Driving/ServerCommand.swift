import CVMFS
import Foundation
import Glibc
package import Logging
import Plumbing
import Subprocess
package import SystemPackage

/// Runs `cvmfs_server`: a list of words, never a line for a shell.
///
/// Its words may be more than one, such as those that lead into another machine. What it prints, on either stream, is
/// read as it comes and logged line by line. It runs in a session of its own: a Ctrl-C in Wafer's terminal is Wafer's to
/// answer.
package struct ServerCommand: Sendable {
    /// The program and what stands before the subcommand.
    package let words: [String]
    /// The user to become with `sudo -n`; nil where that is not needed.
    package let user: String?
    private let logger: Logger
    /// How long a program that was asked to end may take.
    private let grace: Duration

    /// A command; `user` is the repository's owner where somebody else runs this.
    package init(
        words: [String] = ["cvmfs_server"],
        user: String? = nil,
        grace: Duration = .seconds(15),
        logger: Logger
    ) {
        self.words = words
        self.user = user
        self.grace = grace
        self.logger = logger
    }

    package static let sudo = "sudo"

    /// Whether somebody's wish to stop ends a run.
    package enum Stopping: Sendable {
        /// It goes on to its end.
        case never
        /// Until it has printed a line that begins so.
        case until([String])
    }

    /// Runs a subcommand to its end. Throws ``StockServerError`` where it cannot be started.
    ///
    /// It reads `input` from its beginning, or nothing. After `timeout` it is asked to end, and killed where it does not;
    /// `stopping` is what the task's cancellation does. `started` hears of its process, `said` of each line, from another
    /// thread.
    package func run(
        _ arguments: [String],
        input: FilePath? = nil,
        timeout: Duration,
        stopping: Stopping = .never,
        level: Logger.Level = .info,
        started: @escaping @Sendable (Int32) -> Void = { _ in },
        said: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ServerOutput {
        try await run(
            words: words + arguments,
            name: (["cvmfs_server"] + arguments.prefix(1)).joined(separator: " "),
            level: level,
            input: input,
            timeout: timeout,
            stopping: stopping,
            started: started,
            said: said
        )
    }

    /// Runs another program as the repository's owner, where `cvmfs_server` runs.
    package func runOther(
        _ arguments: [String],
        input: FilePath = "/dev/null",
        timeout: Duration
    ) async throws -> ServerOutput {
        try await run(
            words: words.dropLast() + arguments,
            name: arguments.first ?? "",
            level: .info,
            input: input,
            timeout: timeout,
            stopping: .never,
            started: { _ in },
            said: { _ in }
        )
    }

    private func run(
        words: [String],
        name: String,
        level: Logger.Level,
        input: FilePath?,
        timeout: Duration,
        stopping: Stopping,
        started: @escaping @Sendable (Int32) -> Void,
        said: @escaping @Sendable (String) -> Void
    ) async throws -> ServerOutput {
        let words = (user.map { [Self.sudo, "-n", "-u", $0, "--"] } ?? []) + words
        let run = ServerRun(
            name: name,
            deadline: .now + timeout,
            grace: grace,
            stopping: stopping,
            logger: logger,
            level: level,
            said: said
        )
        return try await withTaskCancellationHandler {
            // Its own task: cancelling that would kill the program in the middle of what it does.
            try await Task.detached { try await run.execute(words, input: input, started: started) }.value
        } onCancel: {
            run.cancel()
        }
    }
}
