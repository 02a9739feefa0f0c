import ArgumentParser

/// A command with the global options.
protocol WaferCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }

    /// The command that goes on with what was interrupted; nil for the very same one.
    static var continuation: String? { get }
}

extension WaferCommand {
    static var continuation: String? { nil }
}
