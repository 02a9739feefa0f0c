import ArgumentParser
import State

/// Where a desiderata stands, by what the database knows: the registry is not asked.
enum DesiderataState: String, Hashable, CaseIterable, ExpressibleByArgument, CustomStringConvertible {
    case converting
    case neverConverted = "never-converted"
    /// By the original program, which told nothing of the layers.
    case imported
    case upToDate = "up-to-date"
    /// The layers are there; the thin image is not.
    case notPushed = "not-pushed"
    /// What is wanted was changed since.
    case changed
    case failed
    case interrupted
    /// Its tag left the registry or the recipe's selection: it stays for a while, and is not tried.
    case gone

    /// The state of a desiderata.
    init(_ status: DesiderataStatus) {
        guard status.claim == nil else {
            self = .converting
            return
        }
        guard status.goneSince == nil else {
            self = .gone
            return
        }
        switch status.last?.outcome {
        case nil: self = .neverConverted
        case .imported: self = .imported
        // Where the output image was changed since.
        case .succeeded where status.desiderata.formats.contains(.thin) && status.last?.pushed == nil: self = .notPushed
        case .succeeded: self = status.desiderata.changedAt == nil ? .upToDate : .changed
        case .failed: self = status.last?.published == nil || status.desiderata.output == nil ? .failed : .notPushed
        // Nobody claims it: whoever began it is gone.
        case .running, .interrupted: self = .interrupted
        }
    }

    var description: String {
        switch self {
        case .converting: "converting"
        case .neverConverted: "never converted"
        case .imported: "converted by the original program"
        case .upToDate: "up to date"
        case .notPushed: "published, not pushed"
        case .changed: "changed, not converted yet"
        case .failed: "failed"
        case .interrupted: "interrupted"
        case .gone: "gone, kept for a while"
        }
    }
}
