import Conversion
import Dispatch
import Foundation
import Glibc
import Logging
import Plumbing
import StockServer
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// How `cvmfs_server` is run, and what must not hang on it.
@Suite("Runs of cvmfs_server", .timeLimit(.minutes(2)))
struct ServerCommandTests {
    /// A log that stands still at one line until it has another.
    private struct StandingLog: LogHandler {
        let still: String
        let awaited: String
        let arrival = DispatchSemaphore(value: 0)
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        init(at still: String, until awaited: String) {
            self.still = still
            self.awaited = awaited
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let text = event.message.description
            if text.contains(awaited) { arrival.signal() }
            if text.contains(still) {
                #expect(arrival.wait(timeout: .now() + 30) == .success, "\(awaited) was not heard meanwhile")
            }
        }
    }

    @Test("a log that takes its time holds up nobody who hears what the program says")
    func standingLog() async throws {
        let log = StandingLog(at: "asked to end", until: "one more line")
        let command = ServerCommand(
            words: ["sh", "-c", "trap 'echo one more line; exit 3' TERM; echo begun; while :; do sleep 0.05; done"],
            grace: .seconds(60),
            logger: Logger(label: "test") { _ in log }
        )
        let begun = DispatchSemaphore(value: 0)
        let work = Task {
            try await command.run(
                [],
                timeout: .seconds(60),
                stopping: .until(["never"]),
                listener: ServerCommand.Listener(said: { if $0 == "begun" { begun.signal() } })
            )
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                begun.wait()
                continuation.resume()
            }
        }
        work.cancel()
        let output = try await work.value
        #expect(output.end == .stopped)
        #expect(output.lines.first == "begun" && output.lines.last == "one more line")
    }

    @Test("an input that does not open for a while holds up no other task")
    func silentInput() async throws {
        try await withTemporaryFolder { folder in
            let input = folder.appending("input")
            // Who opens it waits for somebody on the other end.
            try #require(mkfifo(input.string, 0o600) == 0)
            let others = DispatchSemaphore(value: 0)
            let wentOn = Mutex(false)
            let isOver = Mutex(false)
            defer { isOver.withLock { $0 = true } }
            // No task: there may be no thread left for them.
            try StartedThread.start("other end") {
                let isOn = others.wait(timeout: .now() + 20) == .success
                wentOn.withLock { $0 = isOn }
                while !isOver.withLock({ $0 }) {
                    let end = open(input.string, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
                    if end >= 0 { close(end) }
                    usleep(10_000)
                }
            }
            let command = ServerCommand(words: ["cat"], logger: Logger(label: "test"))
            try await withThrowingTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask { try await command.run([], input: input, timeout: .seconds(60)).end }
                }
                group.addTask {
                    for _ in 0..<5_000 { await Task.yield() }
                    others.signal()
                    return .exited(0)
                }
                for try await end in group { #expect(end == .exited(0)) }
            }
            #expect(wentOn.withLock { $0 })
        }
    }

    @Test("what is done by one is not the work of another")
    func work() async throws {
        let (one, other) = (ServerWork(), ServerWork())
        one.expect()
        #expect(one.isPossible && !other.isPossible)
        await #expect(throws: CancellationError.self) {
            try await one.during {
                #expect(one.isRunning && !other.isRunning)
                throw CancellationError()
            }
        }
        #expect(!one.isRunning)
        try await StandInServer.with { server in
            let work = ServerWork()
            _ = try server.publisher(work: work)
            #expect(work.isPossible && !one.isRunning)
        }
    }
}
