import Conversion
import Plumbing
import State

/// What became of one desiderata: a line on the standard output.
enum ConversionSummary: Equatable {
    case upToDate
    case converted
    /// Another process is at it.
    case skipped
    case failed

    /// What an attempt came to.
    init(_ outcome: Result<ConversionResult, any Error>) {
        switch outcome {
        case .success(.upToDate): self = .upToDate
        case .success(.converted): self = .converted
        case .failure(StateError.claimed): self = .skipped
        case .failure: self = .failed
        }
    }

    /// The line about a desiderata.
    static func line(_ desiderata: Desiderata, _ outcome: Result<ConversionResult, any Error>) -> String {
        "\(name(desiderata)): \(text(outcome))"
    }

    /// How messages call a desiderata.
    static func name(_ desiderata: Desiderata) -> String {
        "desiderata \(desiderata.id) (\(Cell.text(desiderata.input.reference.text).field))"
    }

    private static func transactions(_ count: Int?) -> String {
        count.map { " in \(Counted.text($0, "transaction"))" } ?? ""
    }

    /// What became of it, without its name.
    static func text(_ outcome: Result<ConversionResult, any Error>) -> String {
        switch outcome {
        case .success(.upToDate(let revision)):
            "up to date, revision \(revision)"
        case .success(.converted(let revision, let thin, let layersNew, let layersKnown, let bytesNew, let count)):
            "converted, revision \(revision)\(transactions(count)): \(Counted.text(layersNew, "layer")) new "
                + "(\(ByteCount.text(bytesNew)) of new content), \(layersKnown) known"
                + (thin.map { "; thin image \($0)" } ?? "")
        case .failure(StateError.claimed(_, let claim)):
            "skipped: \(claim) is at work on it"
        case .failure(let error):
            "failed: \(ErrorText.describe(error))"
        }
    }
}
