import Layers

/// What people should know about an archive that was taken: a line for each kind, with the first few names.
enum LayerNotesText {
    private static let shown = 3

    /// The lines, in an order that does not change.
    static func lines(_ summary: LayerSummary) -> [String] {
        let dropped = summary.notes.dropped.sorted { $0.key < $1.key }.map {
            "left out \(text($0.key)): \(names($0.value))"
        }
        let warnings = summary.notes.warnings.sorted { $0.key < $1.key }.map { "\(text($0.key)): \(names($0.value))" }
        return dropped + warnings
    }

    private static func text(_ kind: LayerNotes.Dropped) -> String {
        switch kind {
        case .overlayAttribute: "attributes that would steer the mounts of clients"
        case .accessControlList: "access control lists, which clients do not enforce"
        case .longAttribute: "attributes with a name or value of more than 255 bytes, which the format cannot hold"
        case .unknownAttribute: "attributes that Linux does not have for such files, or in bsdtar's own form"
        case .markerFile: "files with the name of a catalog's marker"
        case .aufsEntry: "bookkeeping of aufs"
        case .overlayDevice: "character devices 0:0, which would steer the mounts of clients"
        case .strayWhiteout: "whiteouts of nothing"
        case .rootEntry: "files in the place of the root"
        case .linkToItself: "hard links to themselves"
        case .archiveMember: "the archive's label"
        }
    }

    private static func text(_ kind: LayerNotes.Warning) -> String {
        switch kind {
        case .variableLink: "clients expand $( in the targets of symbolic links"
        case .globalRecords: "records for all members are ignored"
        case .trailingBytes: "bytes behind the end of the archive are ignored"
        case .parentInName: "\"..\" was taken out of names, within the root"
        case .linkAboveRoot: "links on the way lead above the root, and were read inside it"
        case .wrappedNumber: "owners or device numbers of too many bits were cut as the kernel does"
        case .linkToLowerLayer: "hard links to files of lower layers became files with their content"
        case .impliedDirectory: "directories that no member names have the attributes of lower layers"
        case .directoryOverLink: "directories that no member names hide links of lower layers"
        case .largeDirectory: "readers of very large directories load them whole"
        case .opaqueRoot: "what lower layers have at the root is deleted name by name"
        }
    }

    private static func names(_ tally: LayerNotes.Tally) -> String {
        let more = tally.count - min(shown, tally.names.count)
        return tally.names.prefix(shown).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
