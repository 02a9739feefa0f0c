import Foundation
import Plumbing
import Testing

@Suite(.timeLimit(.minutes(5))) struct StartedThreadTests {
    @Test func oneThatCannotStartIsAnError() throws {
        // More than any address space has.
        let error = #expect(throws: ThreadError.self) { try StartedThread.start("large", stackSize: 1 << 60) {} }
        let text = try #require(error).description
        #expect(text.hasPrefix("cannot start a thread (large): "))
        #expect(text.contains("raise the limit of processes (ulimit -u"))
    }

    @Test func runsUnderItsName() async throws {
        let name = try await onDedicatedThread("a name that is too long") {
            try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        }
        #expect(name == "a name that is \n")
    }

    @Test func threadsOfAProbeAreGone() throws {
        // Each would keep its stack: so many do not fit into 47 bits otherwise.
        for _ in 0..<200 { try ThreadProbe.run(50, for: "probe") }
    }
}
