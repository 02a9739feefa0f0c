import ArgumentParser

/// How messages are written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// A line for people; with its time unless the standard error is a terminal.
    case text
    /// A JSON object a line.
    case json
}
