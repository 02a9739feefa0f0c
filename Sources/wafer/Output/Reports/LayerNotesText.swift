import Layers

/// What people should know about an archive that was taken: a line for each kind, with the first few names.
enum LayerNotesText {
    private static let shown = 3

    /// The lines, in an order that does not change.
    static func lines(_ summary: LayerSummary) -> [String] {
        let dropped = summary.dropped.sorted { $0.key < $1.key }.map { "left out \(text($0.key)): \(names($0.value))" }
        let warnings = summary.warnings.sorted { $0.key < $1.key }.map { "\(text($0.key)): \(names($0.value))" }
        return dropped + warnings
    }

    private static func text(_ kind: LayerSummary.Dropped) -> String {
        switch kind {
        case .overlayAttribute: "attributes that would steer the mounts of clients"
        case .accessControlList: "access control lists, which clients do not enforce"
        case .longAttribute: "attributes with a name or value of more than 255 bytes, which the format cannot hold"
        case .markerFile: "empty files with the name of a catalog's marker"
        case .aufsEntry: "bookkeeping of aufs"
        }
    }

    private static func text(_ kind: LayerSummary.Warning) -> String {
        switch kind {
        case .variableLink: "clients expand $( in the targets of symbolic links"
        case .globalRecords: "records for all members are ignored"
        case .trailingBytes: "bytes behind the end of the archive are ignored"
        }
    }

    private static func names(_ tally: LayerSummary.Tally) -> String {
        let more = tally.count - min(shown, tally.names.count)
        return tally.names.prefix(shown).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
