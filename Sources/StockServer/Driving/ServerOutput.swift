import Foundation

/// How a run of `cvmfs_server` ended, and what it said.
package struct ServerOutput: Sendable {
    /// How it ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(Int32)
        /// It took too long and was ended.
        case timedOut
        /// Somebody wanted to stop and it was ended.
        case stopped
    }

    /// What was run, such as `cvmfs_server publish`.
    package let name: String
    package let end: End
    /// The last lines, printable.
    package let lines: [String]

    /// Whether it did what it was asked to.
    package var isSuccess: Bool { end == .exited(0) }

    /// Whether a line is part of the stack that the stock tools print when they give up.
    package static func isFrame(_ line: String) -> Bool {
        line == "Stacktrace:" || line.hasSuffix("]") && line.contains("+0x") && line.contains("[0x")
    }

    /// Whether one of the lines has one of these words, in any case.
    package func says(_ words: String...) -> Bool {
        lines.contains { line in words.contains { line.range(of: $0, options: .caseInsensitive) != nil } }
    }
}
