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
    /// What is not stored of it, and how often.
    package var losses: [LayerLoss: Int]
    /// What it has from the layers below it.
    package let base: LayerBase

    /// A layer that was read to its end; `losses` is what its publisher cannot store of it.
    init(
        summary: LayerSummary,
        entries: Int,
        content: ContentStatistics,
        losses: [LayerLoss: Int] = [:],
        base: LayerBase
    ) {
        self.base = base
        self.summary = summary
        self.entries = entries
        self.content = content
        self.losses = losses.merging(LayerLoss.losses(of: summary)) { max($0, $1) }
    }
}

extension IngestedLayer {
    /// What this publisher does not store of it, and another one would.
    package var publisherLosses: [LayerLoss: Int] {
        let always = LayerLoss.losses(of: summary)
        return losses.filter { always[$0.key] == nil }
    }

    /// What was left out of it or is worth a warning: how often, by kind.
    package var notes: [String: Int] {
        var notes: [String: Int] = [:]
        for (kind, tally) in summary.notes.dropped { notes[kind.note] = tally.count }
        for (kind, tally) in summary.notes.warnings { notes[kind.rawValue] = tally.count }
        for (loss, count) in losses { notes[loss.rawValue] = count }
        return notes
    }
}
