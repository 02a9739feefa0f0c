import Foundation
import Glibc
import Logging
import Plumbing
import Subprocess
import Synchronization
import SystemPackage

/// One run of a program: its output, and the ways in which it may have to end.
final class ServerRun: Sendable {
    private struct State {
        var process: pid_t?
        var isOver = false
        var isCancelled = false
        var isPastStopping = false
        /// Why and when it was asked to end.
        var ended: (why: ServerOutput.End, at: ContinuousClock.Instant)?
        var isKilled = false
        var lines: [String] = []
    }

    /// What ends it before its end.
    struct Limits {
        let deadline: ContinuousClock.Instant
        /// The clock of that.
        let now: @Sendable () -> ContinuousClock.Instant
        /// How long it may take to end when it is asked to.
        let grace: Duration
        /// Whether somebody's wish to stop ends it.
        let stopping: ServerCommand.Stopping
    }

    private static let linesKept = 200
    private static let lineLimit = 2000
    private let name: String
    private let limits: Limits
    private let logger: Logger
    private let level: Logger.Level
    private let listener: ServerCommand.Listener
    private let state = Mutex(State())

    init(
        name: String,
        limits: Limits,
        logger: Logger,
        level: Logger.Level,
        listener: ServerCommand.Listener
    ) {
        self.name = name
        self.limits = limits
        self.logger = logger
        self.level = level
        self.listener = listener
    }

    func cancel() {
        let isStopped = state.withLock { state in
            state.isCancelled = true
            return if case .until = limits.stopping { !state.isPastStopping } else { false }
        }
        if !isStopped { logger.notice("\(name) is waited for, so that no transaction stays open") }
    }

    func execute(_ words: [String], input: FilePath?) async throws -> ServerOutput {
        guard let program = words.first else { throw StockServerError("no command for cvmfs_server is named") }
        let (reader, writer) = try Self.pipe()
        // What the program starts and leaves behind may hold the other end for ever, so the end of the file is not
        // waited for.
        async let reading: Void = onDedicatedThread("output of \(name)") { [self] in
            defer { close(reader) }
            read(reader)
        }
        async let watching: Void = watch()
        let result: Result<TerminationStatus, any Error>
        do {
            let source = try await BlockingExecutor.shared.run {
                try FileDescriptor.open(input ?? "/dev/null", .readOnly, options: .closeOnExec)
            }
            // It was only read.
            defer { try? source.close() }
            result = .success(try await spawn(program, words, source, FileDescriptor(rawValue: writer)))
        } catch {
            result = .failure(error)
        }
        close(writer)
        state.withLock { $0.isOver = true }
        await watching
        try await reading
        return try output(result, program)
    }

    private func spawn(
        _ program: String,
        _ words: [String],
        _ input: FileDescriptor,
        _ output: FileDescriptor
    ) async throws -> TerminationStatus {
        var options = PlatformOptions()
        options.createSession = true
        return try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(Array(words.dropFirst())),
            // Its words are told apart below.
            environment: .inherit.updating(["LC_ALL": "C"]),
            // A current folder within the repository is refused.
            workingDirectory: "/",
            platformOptions: options,
            input: .fileDescriptor(input, closeAfterSpawningProcess: false),
            output: .fileDescriptor(output, closeAfterSpawningProcess: false),
            error: .fileDescriptor(output, closeAfterSpawningProcess: false)
        ) { execution in
            let process = execution.processIdentifier.value
            self.state.withLock { $0.process = process }
            await self.listener.started(process)
        }.terminationStatus
    }

    private func output(_ result: Result<TerminationStatus, any Error>, _ program: String) throws -> ServerOutput {
        let (lines, ended) = state.withLock { ($0.lines, $0.ended) }
        switch result {
        case .success(.exited(let code)):
            // It may have come to its end all the same.
            let end = ended.map { code == 0 ? .exited(0) : $0.why } ?? .exited(Int32(code))
            return ServerOutput(name: name, end: end, lines: lines)
        case .success(.signaled(let number)):
            return ServerOutput(name: name, end: ended?.why ?? .killed(Int32(number)), lines: lines)
        case .failure(let error as SubprocessError) where error.code == .executableNotFound:
            let remedy =
                program == ServerCommand.sudo
                ? "install it, or run Wafer as the repository's owner"
                : "install the package cvmfs-server, or name the program in the environment variable CVMFS_SERVER"
            throw StockServerError("\(Printable.text(program)) is not installed here: \(remedy)")
        case .failure(let error):
            throw StockServerError("\(name) could not be run: \(error)")
        }
    }

    /// Ends a program that takes too long, or that somebody wants to stop.
    private func watch() async {
        while true {
            let hasFailed = listener.hasFailed()
            let (isOver, remark) = state.withLock { state in
                var remark: Remark?
                if !state.isOver, let process = state.process { remark = check(&state, process, hasFailed) }
                return (state.isOver, remark)
            }
            if let remark { logger.log(level: remark.level, "\(name) \(remark.text)") }
            if isOver { return }
            // Nobody cancels this task.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What there is to say of it: not with the lock held, since the log may take its time.
    private struct Remark {
        let level: Logger.Level
        let text: String
    }

    private func check(_ state: inout State, _ process: pid_t, _ hasFailed: Bool) -> Remark? {
        let now = limits.now()
        if let (_, at) = state.ended {
            guard now > at + limits.grace, !state.isKilled else { return nil }
            state.isKilled = true
            return send(SIGKILL, to: process) ? nil : Self.untouchable
        }
        if now > limits.deadline {
            state.ended = (.timedOut, now)
        } else if state.isCancelled || hasFailed, case .until = limits.stopping, !state.isPastStopping {
            state.ended = (.stopped, now)
        } else {
            return nil
        }
        return send(SIGTERM, to: process) ? Remark(level: .notice, text: "is asked to end") : Self.untouchable
    }

    private static let untouchable = Remark(
        level: .warning,
        text: "is to end, but runs as another user, who alone may end it: waiting for it"
    )

    /// Whether the process may be sent signals. One that has ended needs none.
    private func send(_ number: Int32, to process: pid_t) -> Bool {
        kill(-process, number) == 0 || errno != EPERM
    }

    private func read(_ descriptor: Int32) {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, 100)
            if ready < 0 && errno == EINTR { continue }
            if ready <= 0 {
                if ready < 0 || state.withLock({ $0.isOver }) { break }
                continue
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            for byte in buffer.prefix(count) {
                if byte == UInt8(ascii: "\n") {
                    take(line)
                    line = []
                } else if line.count < Self.lineLimit {
                    line.append(byte)
                }
            }
        }
        if !line.isEmpty { take(line) }
    }

    private func take(_ bytes: [UInt8]) {
        let text = Printable.text(bytes, limit: Self.lineLimit).trimmingCharacters(in: .whitespaces)
        if text.isEmpty { return }
        state.withLock { state in
            state.lines.append(text)
            if state.lines.count > Self.linesKept { state.lines.removeFirst() }
            if case .until(let marks) = limits.stopping, marks.contains(where: text.hasPrefix) {
                state.isPastStopping = true
            }
        }
        logger.log(level: ServerOutput.isFrame(text) ? .debug : level, "\(name): \(text)")
        listener.said(text)
    }

    private static func pipe() throws -> (reader: Int32, writer: Int32) {
        do {
            let (reader, writer) = try ClosedPipe.make()
            return (reader.rawValue, writer.rawValue)
        } catch {
            throw StockServerError("no pipe: \(error)")
        }
    }
}
