import Plumbing

/// What a reader has dropped and warned about so far.
struct LayerNotes {
    private(set) var dropped: [LayerSummary.Dropped: LayerSummary.Tally] = [:]
    private(set) var warnings: [LayerSummary.Warning: LayerSummary.Tally] = [:]

    mutating func drop(_ kind: LayerSummary.Dropped, _ path: BytePath) {
        dropped[kind, default: .init()].add(path.description)
    }

    mutating func warn(_ kind: LayerSummary.Warning, _ name: String) {
        warnings[kind, default: .init()].add(name)
    }
}
