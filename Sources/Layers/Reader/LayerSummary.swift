package import OCI
import Plumbing

/// What a layer was, once all of it was read and compared.
package struct LayerSummary: Sendable, Equatable {
    /// What a layer brings along that is left out of it. The raw values are for records that outlive the program.
    package enum Dropped: String, Sendable, CaseIterable, Comparable {
        /// `trusted.overlay.*` and `user.overlay.*`: they would steer the mounts of every client.
        case overlayAttribute = "overlay-attribute"
        /// POSIX and NFSv4 access control lists, which a client could show but not enforce.
        case accessControlList = "access-control-list"
        /// Attributes longer than ``LayerPolicy/attributeLength``.
        case longAttribute = "long-attribute"
        /// Empty files named as in ``LayerPolicy/markerNames``, and whiteouts of such names.
        case markerFile = "marker-file"
        /// `.wh..wh.*`: the bookkeeping of aufs.
        case aufsEntry = "aufs-entry"

        /// In the order of the raw values.
        package static func < (left: Dropped, right: Dropped) -> Bool { left.rawValue < right.rawValue }
    }

    /// What a person should know about a layer that is taken.
    package enum Warning: String, Sendable, CaseIterable, Comparable {
        /// A symbolic link with `$(` in its target: CVMFS clients expand that.
        case variableLink = "variable-link"
        /// Records for all members (pax `g`), which Docker ignores and so does this reader.
        case globalRecords = "global-records"
        /// Bytes behind the end of the archive that are not zero.
        case trailingBytes = "trailing-bytes"

        /// In the order of the raw values.
        package static func < (left: Warning, right: Warning) -> Bool { left.rawValue < right.rawValue }
    }

    /// How often something was met, and where first.
    package struct Tally: Sendable, Equatable {
        /// How many names are kept.
        package static let nameLimit = 10

        /// How often.
        package private(set) var count = 0
        /// The first ten entries, printable.
        package private(set) var names: [String] = []

        mutating func add(_ name: String) {
            count += 1
            if names.count < Self.nameLimit { names.append(name) }
        }
    }

    /// The digest of the compressed bytes.
    package let digest: Digest
    /// The digest of the inflated tar, with the algorithm of the expected one or SHA-256.
    package let diffID: Digest
    /// The number of compressed bytes.
    package let compressedSize: Int64
    /// The number of inflated bytes, padding included, holes not.
    package let uncompressedSize: Int64
    /// How many entries were handed out.
    package let entries: Int
    /// What was left out, by kind.
    package let dropped: [Dropped: Tally]
    /// What was kept but is worth a line, by kind.
    package let warnings: [Warning: Tally]
}
