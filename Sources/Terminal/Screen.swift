import Foundation
import Glibc
import Plumbing
package import SystemPackage

/// The standard error, where messages go, with lines below them that change.
///
/// Everything that is written to a terminal goes through here, so that nothing lands in the middle of a bar. Where
/// nothing is shown, messages are written as they are.
///
/// One thread writes. A terminal that is stopped, or a pipe that nobody reads, holds up that thread and ``flush(within:)``,
/// and nobody who has something to say: what waits to be written is bounded, and what is above that is counted.
package final class Screen: Sendable {
    /// Draws lines for the window as it is when they are written.
    package typealias Picture = @Sendable (WindowSize) -> [String]

    /// The process's standard error.
    package static let standardError = Screen(.standardError)

    private struct State {
        var picture: Picture?
        /// Whether the lines that change are to be drawn anew, or to be removed.
        var isStale = false
        /// Whether lines that change are on the screen.
        var isDrawn = false
        /// What waits.
        var texts: [String] = []
        /// The bytes of what waits, and of what is being written.
        var bytes = 0
        /// How many texts were left out since the last one that was not, and what tells of them.
        var lost = 0
        var tellLoss: (@Sendable (Int) -> String)?
        /// Whether somebody writes.
        var isBusy = false
        var hasThread = false

        var hasWork: Bool { isStale || !texts.isEmpty || lost > 0 }

        mutating func append(_ text: String) {
            texts.append(text)
            bytes += text.utf8.count
        }

        mutating func appendLoss() {
            guard lost > 0, let tellLoss else { return }
            append(tellLoss(lost))
            lost = 0
        }
    }

    private let output: FileDescriptor
    /// How many bytes may wait.
    private let limit: Int
    // Safe: every access holds `condition`'s lock, and nothing is written while it is held.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()

    /// A screen on a descriptor. At most `limit` bytes wait to be written.
    package init(_ output: FileDescriptor, limit: Int = 1 << 20) {
        self.output = output
        self.limit = limit
    }

    /// Draws these lines from now on, and soon.
    package func show(_ picture: @escaping Picture) {
        update { state in
            state.picture = picture
            state.isStale = true
        }
    }

    /// Removes the lines.
    package func clear() {
        update { state in
            state.picture = nil
            state.isStale = state.isDrawn || state.isBusy
        }
    }

    /// Writes text of whole lines, above those that change, soon. In one piece: several processes may share the file.
    ///
    /// Where too much waits already it is left out. Then `lost` makes the text that tells how many were, in their place.
    package func write(_ text: String, lost: @escaping @Sendable (Int) -> String) {
        update { state in
            if state.bytes > 0, state.bytes + text.utf8.count > limit {
                state.lost += 1
                state.tellLoss = lost
            } else {
                state.appendLoss()
                state.append(text)
            }
        }
    }

    /// Lets something else write to the same terminal, whole lines only, after all that was to be written before. Blocks.
    package func yield<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        while state.isBusy || state.hasWork { condition.wait() }
        state.isBusy = true
        let isDrawn = state.isDrawn
        state.isDrawn = false
        condition.unlock()
        defer {
            condition.lock()
            state.isBusy = false
            if state.picture != nil { state.isStale = true }
            if !state.hasThread { writeAlone() }
            condition.broadcast()
            condition.unlock()
        }
        if isDrawn { put(ScreenText.draw([])) }
        return try body()
    }

    /// Waits until everything is written, but no longer than `time`. Returns whether it is. Blocks.
    @discardableResult
    package func flush(within time: Duration? = nil) -> Bool {
        let end = time.map { Date(timeIntervalSinceNow: $0 / .seconds(1)) }
        condition.lock()
        defer { condition.unlock() }
        while state.isBusy || state.hasWork {
            guard let end else {
                condition.wait()
                continue
            }
            if !condition.wait(until: end) { return false }
        }
        return true
    }

    private func update(_ change: (inout State) -> Void) {
        condition.lock()
        defer { condition.unlock() }
        change(&state)
        if !state.hasThread {
            do {
                try StartedThread.start("messages", stackSize: 1 << 20) { [self] in work() }
                state.hasThread = true
            } catch {
                // There is none to be had: whoever says something writes it.
                writeAlone()
            }
        }
        condition.broadcast()
    }

    private func writeAlone() {
        while state.hasWork, !state.isBusy { writeWhatWaits() }
    }

    private func work() {
        condition.lock()
        while true {
            if state.hasWork, !state.isBusy {
                writeWhatWaits()
            } else {
                condition.wait()
            }
        }
    }

    /// With the lock held at the beginning and at the end.
    private func writeWhatWaits() {
        state.appendLoss()
        let (texts, picture, wasDrawn, bytes) = (state.texts, state.picture, state.isDrawn, state.bytes)
        state.texts = []
        state.isStale = false
        state.isDrawn = picture != nil
        state.isBusy = true
        condition.unlock()
        if let picture {
            let lines = picture(.of(output.rawValue))
            put(texts.isEmpty ? ScreenText.draw(lines) : ScreenText.write(texts.joined(), above: lines))
        } else {
            if wasDrawn { put(ScreenText.draw([])) }
            for text in texts { put(text) }
        }
        condition.lock()
        state.bytes -= bytes
        state.isBusy = false
        condition.broadcast()
    }

    private func put(_ text: String) {
        // There is no other place to complain to.
        _ = try? output.writeAll(text.utf8)
    }
}
