import Conversion
import State
import Synchronization

/// Tells what became of the desideratas of a loop, and of those that stay as they are only once.
final class OutcomeChanges: Sendable {
    private let last = Mutex<[Int64: ConversionSummary]>([:])
    // A loop goes on where nobody reads its output.
    private let results = ResultWriter(keeping: 10_000)

    /// Writes a line, unless it says what the last one said: up to date, or skipped.
    @Sendable func tell(_ desiderata: Desiderata, _ outcome: Result<ConversionResult, any Error>) async {
        let summary = ConversionSummary(outcome)
        let before = last.withLock { $0.updateValue(summary, forKey: desiderata.id) }
        switch summary {
        case .converted, .failed: break
        // A conversion told already that it is up to date.
        case .upToDate where before == .converted: return
        case .upToDate, .skipped: if before == summary { return }
        }
        results.line(ConversionSummary.line(desiderata, outcome))
    }
}
