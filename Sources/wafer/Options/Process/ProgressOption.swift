import ArgumentParser
import Conversion
import Glibc
import Logging
import Terminal

/// How a command shows what it is doing.
struct ProgressOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How to show progress on the standard error: auto is bars on a terminal and lines elsewhere, none leaves warnings.",
            valueName: "form"
        )
    )
    var progress = ProgressForm.auto

    /// What hears of a conversion's events.
    func reporter(_ global: GlobalOptions) -> @Sendable (ConversionEvent) -> Void {
        let logger = global.logger
        switch form(global) {
        case .auto, .plain: return PlainProgress(logger).report
        case .none: return PlainProgress(logger).reportWarnings
        case .json: return JSONProgress(.standardError).report
        case .bar:
            let isColoured = Environment.value("NO_COLOR") == nil
            return BarProgress(logger, screen: .standardError, isColoured: isColoured).report
        }
    }

    /// What says that the conversion of an image of this name begins.
    func announcer(_ global: GlobalOptions) -> @Sendable (String) -> Void {
        let logger = global.logger
        guard progress != .none else { return { _ in } }
        return { name in logger.info("\(name): begins") }
    }

    /// Bars where a person looks who wants to hear of progress at all.
    private func form(_ global: GlobalOptions) -> ProgressForm {
        guard progress == .auto else { return progress }
        let terminal = Environment.value("TERM") ?? "dumb"
        let isWatched = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
        return isWatched && global.logFormat == .text && global.logLevel.level <= .info ? .bar : .plain
    }
}

/// The forms of progress.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable {
    case auto
    case bar
    case plain
    case none
    case json
}
