import CVMFS
import Layers

/// What is not stored of a layer or stored otherwise: what the format cannot hold, what must not steer a client, and what a
/// publisher cannot write. The raw values are for
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
    /// Files with the name of a catalog's marker: the format would take them for one.
    case markerFiles = "dropped-marker-file"

    /// Overlayfs's own attributes, which would steer the mounts of clients.
    case overlayAttributes = "dropped-overlay-attribute"
    /// Character devices 0:0, which overlayfs takes for whiteouts.
    case overlayDevices = "dropped-overlay-device"
    /// Attributes that Linux does not have for such files, or in bsdtar's own form.
    case unknownAttributes = "dropped-unknown-attribute"
    /// The bookkeeping of aufs.
    case aufsEntries = "dropped-aufs-entry"
    /// Hard links to themselves.
    case linksToThemselves = "dropped-link-to-itself"
    /// Labels of an archive.
    case archiveMembers = "dropped-archive-member"
    /// Members before which records for all members stand.
    case globalRecords = "global-records"
    /// Layers with bytes behind the end of the archive.
    case trailingBytes = "trailing-bytes"
    /// Symbolic links that clients expand.
    case variableLinks = "variable-link"
    /// Whiteouts of no name.
    case strayWhiteouts = "dropped-stray-whiteout"
    /// Files in the place of the layer's root.
    case rootEntries = "dropped-root-entry"
    /// Names with `..`.
    case cleanedNames = "parent-in-name"
    /// Members behind links that lead above the root.
    case linksAboveRoot = "link-above-root"
    /// Owners and device numbers of too many bits.
    case wrappedNumbers = "wrapped-number"
    /// Hard links to files of lower layers.
    case lowerLinks = "link-to-lower-layer"
    /// Directories that no member names in the place of a link of a lower layer.
    case directoriesOverLinks = "directory-over-link"
    /// Names of lower layers below an opaque root.
    case opaqueRoots = "opaque-root"
    /// Entries that have what another image's lower layers have: this layer was published for that one.
    case otherBase = "other-base"

    /// Those among the notes of a layer's record.
    static func losses(of notes: [String: Int]) -> [LayerLoss: Int] {
        Dictionary(uniqueKeysWithValues: allCases.compactMap { loss in notes[loss.rawValue].map { (loss, $0) } })
    }

    /// What is left out of a layer, or changed, while it is read, whoever stores it.
    static func losses(of summary: LayerSummary) -> [LayerLoss: Int] {
        var notes = Dictionary(uniqueKeysWithValues: summary.notes.dropped.map { ($0.note, $1.count) })
        for (kind, tally) in summary.notes.warnings { notes[kind.rawValue] = tally.count }
        return losses(of: notes)
    }

    /// Names of files that do not stay together: a file with names in several directories comes apart in any case.
    static func losses<Content>(of nodes: LayerNodes<Content>, _ form: HardLinkForm) -> [LayerLoss: Int] {
        guard nodes.hasSharedFiles else { return [:] }
        let together: (LayerNode<Content>) -> Int = form == .split ? { _ in 1 } : { $0.linkCount }
        let count = nodes.lazy.filter { $0.nameCount > together($0) }.reduce(0) { count, _ in count + 1 }
        return count == 0 ? [:] : [.hardLinks: count]
    }

    /// What is lost or changed, as a person reads it.
    package static func text(_ losses: [LayerLoss: Int]) -> String {
        losses.sorted { $0.key < $1.key }.map { loss, count in
            "\(count) \(count == 1 ? loss.words.one : loss.words.many)"
        }.joined(separator: ", ")
    }

    private var words: (one: String, many: String) {
        switch self {
        case .whiteouts:
            (
                "file that is removed from lower layers is there again",
                "files that are removed from lower layers are there again"
            )
        case .specialFiles: ("device or FIFO is missing", "devices and FIFOs are missing")
        case .opaqueDirectories:
            (
                "directory no longer hides what lower layers have in it",
                "directories no longer hide what lower layers have in them"
            )
        case .extendedAttributes: ("file without extended attributes", "files without extended attributes")
        case .fractionsOfSeconds: ("entry with its time in whole seconds", "entries with their times in whole seconds")
        case .hardLinks: ("hard link as a file of its own", "hard links as files of their own")
        case .owners: ("entry with the repository's owner", "entries with the repository's owner")
        case .longAttributes:
            (
                "extended attribute of more than 255 bytes is missing",
                "extended attributes of more than 255 bytes are missing"
            )
        case .accessControlLists: ("access control list is missing", "access control lists are missing")
        case .markerFiles:
            (
                "file with the name of a catalog's marker is missing",
                "files with the name of a catalog's marker are missing"
            )
        case .overlayAttributes: ("attribute of overlayfs is missing", "attributes of overlayfs are missing")
        case .overlayDevices: ("character device 0:0 is missing", "character devices 0:0 are missing")
        case .unknownAttributes:
            ("extended attribute unknown to Linux is missing", "extended attributes unknown to Linux are missing")
        case .aufsEntries: ("entry of aufs's bookkeeping is left out", "entries of aufs's bookkeeping are left out")
        case .linksToThemselves: ("hard link to itself is left out", "hard links to themselves are left out")
        case .archiveMembers: ("label of the archive is left out", "labels of the archive are left out")
        case .globalRecords:
            ("entry without the records for all members", "entries without the records for all members")
        case .trailingBytes:
            ("archive without the bytes behind its end", "archives without the bytes behind their ends")
        case .variableLinks:
            (
                "link with \"$(\" in its target, which clients expand",
                "links with \"$(\" in their targets, which clients expand"
            )
        case .strayWhiteouts: ("whiteout of nothing is left out", "whiteouts of nothing are left out")
        case .rootEntries: ("file in the place of the root is missing", "files in the place of the root are missing")
        case .cleanedNames: ("name without the \"..\" in it", "names without the \"..\" in them")
        case .linksAboveRoot:
            (
                "entry behind a link above the root, read inside it",
                "entries behind links above the root, read inside it"
            )
        case .wrappedNumbers:
            (
                "entry with an owner or device number cut to its bits",
                "entries with owners or device numbers cut to their bits"
            )
        case .lowerLinks:
            (
                "hard link to a lower layer as a file with its content",
                "hard links to lower layers as files with their content"
            )
        case .directoriesOverLinks: ("directory over a link of a lower layer", "directories over links of lower layers")
        case .opaqueRoots:
            ("name of lower layers deleted by an opaque root", "names of lower layers deleted by an opaque root")
        case .otherBase: ("entry as on the layers of another image", "entries as on the layers of another image")
        }
    }

    /// In the order of the raw values.
    package static func < (left: LayerLoss, right: LayerLoss) -> Bool { left.rawValue < right.rawValue }
}

extension LayerNotes.Dropped {
    /// Its name among the notes of a layer's record.
    var note: String { "dropped-\(rawValue)" }
}
