import ArgumentParser

/// What the exit status tells (docs/architecture.md, "Conventions"). Usage errors are the argument parser's: 64.
enum ExitStatus {
    /// Nothing could be done.
    static let nothingDone = ExitCode(1)
    /// Some or all images failed.
    static let imagesFailed = ExitCode(3)
    /// Nobody reads the standard output any more: what a shell shows for SIGPIPE.
    static let outputClosed = ExitCode(141)
}
