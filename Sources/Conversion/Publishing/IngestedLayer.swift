package import CVMFS
package import Layers

/// A layer that is stored but not visible.
package struct IngestedLayer: Sendable {
    /// What the layer was.
    package let summary: LayerSummary
    /// Its entries, implicit directories included.
    package let entries: Int
    /// What was new of its content.
    package let content: ContentStatistics
    /// What the publisher cannot store of it, and how often.
    package var losses: [LayerLoss: Int] = [:]
}

extension IngestedLayer {
    /// What was left out of it or is worth a warning: how often, by kind.
    package var notes: [String: Int] {
        var notes: [String: Int] = [:]
        for (kind, tally) in summary.dropped { notes["dropped-\(kind.rawValue)"] = tally.count }
        for (kind, tally) in summary.warnings { notes[kind.rawValue] = tally.count }
        for (loss, count) in losses { notes[loss.rawValue] = count }
        return notes
    }
}
