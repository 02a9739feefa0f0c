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
    /// What is done through it and must not be cut off.
    package let work: ServerWork
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger
    /// How long a program that was asked to end may take.
    private let grace: Duration

    /// A command; `user` is the repository's owner where somebody else runs this, `now` the clock of time limits.
    package init(
        words: [String] = ["cvmfs_server"],
        user: String? = nil,
        grace: Duration = .seconds(15),
        work: ServerWork = ServerWork(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        logger: Logger
    ) {
        self.work = work
        self.now = now
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

    /// Who hears of a run.
    package struct Listener: Sendable {
        /// Hears the number of its process.
        let started: @Sendable (Int32) async -> Void
        /// Hears each line that it prints, on a thread that may block.
        let said: @Sendable (String) -> Void
        /// Whether the listener's part went wrong: then the run ends as by somebody's wish to stop.
        let hasFailed: @Sendable () -> Bool

        /// Somebody who hears of both.
        package init(
            started: @escaping @Sendable (Int32) async -> Void = { _ in },
            said: @escaping @Sendable (String) -> Void = { _ in },
            hasFailed: @escaping @Sendable () -> Bool = { false }
        ) {
            self.started = started
            self.said = said
            self.hasFailed = hasFailed
        }
    }

    private struct Job {
        let name: String
        let words: [String]
        let input: FilePath?
        let level: Logger.Level
    }

    /// Runs a subcommand to its end. Throws ``StockServerError`` where it cannot be started.
    ///
    /// It reads `input` from its beginning, or nothing. After `timeout` it is asked to end, and killed where it does not;
    /// `stopping` is what the task's cancellation does.
    package func run(
        _ arguments: [String],
        input: FilePath? = nil,
        timeout: Duration,
        stopping: Stopping = .never,
        level: Logger.Level = .info,
        listener: Listener = Listener()
    ) async throws -> ServerOutput {
        let name = (["cvmfs_server"] + arguments.prefix(1)).joined(separator: " ")
        let job = Job(name: name, words: words + arguments, input: input, level: level)
        return try await run(job, timeout, stopping, listener)
    }

    /// Runs another program as the repository's owner, where `cvmfs_server` runs.
    package func runOther(
        _ arguments: [String],
        input: FilePath = "/dev/null",
        timeout: Duration
    ) async throws -> ServerOutput {
        let job = Job(
            name: arguments.first ?? "",
            words: words.dropLast() + arguments,
            input: input,
            level: .info
        )
        return try await run(job, timeout, .never, Listener())
    }

    private func run(
        _ job: Job,
        _ timeout: Duration,
        _ stopping: Stopping,
        _ listener: Listener
    ) async throws -> ServerOutput {
        let words = (user.map { [Self.sudo, "-n", "-u", $0, "--"] } ?? []) + job.words
        let run = ServerRun(
            name: job.name,
            limits: ServerRun.Limits(deadline: now() + timeout, now: now, grace: grace, stopping: stopping),
            logger: logger,
            level: job.level,
            listener: listener
        )
        return try await withTaskCancellationHandler {
            // Its own task: cancelling that would kill the program in the middle of what it does.
            try await Task.detached {
                try await run.execute(words, input: job.input)
            }.value
        } onCancel: {
            run.cancel()
        }
    }
}
