import ArgumentParser

/// A command with the global options.
protocol WaferCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }
}
