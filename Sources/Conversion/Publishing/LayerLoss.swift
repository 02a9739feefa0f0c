import Layers

/// What is not stored of a layer: what the format cannot hold, and what a publisher cannot write. The raw values are for
/// records that outlive the program.
package enum LayerLoss: String, Sendable, CaseIterable, Comparable {
    /// Whiteouts: what they removed from layers below is there again.
    case whiteouts = "lost-whiteouts"
    /// Devices and FIFOs that are missing.
    case specialFiles = "lost-special-files"
    /// Directories that no longer hide what layers below have in them: the mark is an attribute.
    case opaqueDirectories = "lost-opaque-directories"
    /// Files without their extended attributes, file capabilities among them.
    case extendedAttributes = "lost-extended-attributes"
    /// Entries whose time of modification became a whole second.
    case fractionsOfSeconds = "lost-fractions-of-seconds"
    /// Names that became files of their own.
    case hardLinks = "lost-hard-links"
    /// Files that belong to somebody else.
    case owners = "lost-owners"
    /// Attributes too long for the format (docs/cvmfs-format.md §3.9), which no publisher can write.
    case longAttributes = "dropped-long-attribute"
    /// POSIX and NFSv4 access control lists: a client could show them but not enforce them.
    case accessControlLists = "dropped-access-control-list"
    /// Empty files with the name of a catalog's marker: the format would take them for one.
    case markerFiles = "dropped-marker-file"

    /// Those among the notes of a layer's record.
    static func losses(of notes: [String: Int]) -> [LayerLoss: Int] {
        Dictionary(uniqueKeysWithValues: allCases.compactMap { loss in notes[loss.rawValue].map { (loss, $0) } })
    }

    /// What is left out of a layer while it is read, whoever stores it.
    static func losses(of summary: LayerSummary) -> [LayerLoss: Int] {
        losses(of: Dictionary(uniqueKeysWithValues: summary.dropped.map { ($0.note, $1.count) }))
    }

    /// What is lost, as a person reads it.
    package static func text(_ losses: [LayerLoss: Int]) -> String {
        losses.sorted { $0.key < $1.key }.map { loss, count in
            switch (loss, count == 1) {
            case (.whiteouts, true): "1 file that is removed from lower layers is there again"
            case (.whiteouts, false): "\(count) files that are removed from lower layers are there again"
            case (.specialFiles, true): "1 device or FIFO is missing"
            case (.specialFiles, false): "\(count) devices and FIFOs are missing"
            case (.opaqueDirectories, true): "1 directory no longer hides what lower layers have in it"
            case (.opaqueDirectories, false): "\(count) directories no longer hide what lower layers have in them"
            case (.extendedAttributes, true): "1 file without extended attributes"
            case (.extendedAttributes, false): "\(count) files without extended attributes"
            case (.fractionsOfSeconds, true): "1 entry with its time in whole seconds"
            case (.fractionsOfSeconds, false): "\(count) entries with their times in whole seconds"
            case (.hardLinks, true): "1 hard link as a file of its own"
            case (.hardLinks, false): "\(count) hard links as files of their own"
            case (.owners, true): "1 entry with the repository's owner"
            case (.owners, false): "\(count) entries with the repository's owner"
            case (.longAttributes, true): "1 extended attribute of more than 255 bytes is missing"
            case (.longAttributes, false): "\(count) extended attributes of more than 255 bytes are missing"
            case (.accessControlLists, true): "1 access control list is missing"
            case (.accessControlLists, false): "\(count) access control lists are missing"
            case (.markerFiles, true): "1 empty file with the name of a catalog's marker is missing"
            case (.markerFiles, false): "\(count) empty files with the name of a catalog's marker are missing"
            }
        }.joined(separator: ", ")
    }

    /// In the order of the raw values.
    package static func < (left: LayerLoss, right: LayerLoss) -> Bool { left.rawValue < right.rawValue }
}

extension LayerSummary.Dropped {
    /// Its name among the notes of a layer's record.
    var note: String { "dropped-\(rawValue)" }
}
