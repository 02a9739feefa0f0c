extension LayerNotes {
    /// What a layer brings along that is left out of it. The raw values are for records that outlive the program.
    package enum Dropped: String, Sendable, CaseIterable, Comparable {
        /// `trusted.overlay.*` and `user.overlay.*`: they would steer the mounts of every client.
        case overlayAttribute = "overlay-attribute"
        /// Character devices 0:0, which the kernel's overlay takes for whiteouts, and hard links to them.
        case overlayDevice = "overlay-device"
        /// POSIX and NFSv4 access control lists, which a client could show but not enforce.
        case accessControlList = "access-control-list"
        /// Attributes longer than ``LayerPolicy/attributeLength``.
        case longAttribute = "long-attribute"
        /// Attributes that Linux does not have for such a file, and those in bsdtar's own form.
        case unknownAttribute = "unknown-attribute"
        /// Files named as in ``LayerPolicy/markerNames``, what lies below them, and whiteouts of such names.
        case markerFile = "marker-file"
        /// `.wh..wh.*`: the bookkeeping of aufs.
        case aufsEntry = "aufs-entry"
        /// `.wh.`, `.wh..` and `.wh...`, which name nothing.
        case strayWhiteout = "stray-whiteout"
        /// Something other than a directory whose name leads to the layer's root.
        case rootEntry = "root-entry"
        /// A hard link to itself, as GNU tar writes it for a file that was named twice.
        case linkToItself = "link-to-itself"
        /// Members that speak of the archive: GNU tar's volume label.
        case archiveMember = "archive-member"

        /// In the order of the raw values.
        package static func < (left: Dropped, right: Dropped) -> Bool { left.rawValue < right.rawValue }
    }

    /// What was changed in a layer, or a person should know of it.
    package enum Warning: String, Sendable, CaseIterable, Comparable {
        /// A symbolic link with `$(` in its target: CVMFS clients expand that.
        case variableLink = "variable-link"
        /// Records for all members (pax `g`), which Docker ignores and so does this reader.
        case globalRecords = "global-records"
        /// Bytes behind the end of the archive that are not zero.
        case trailingBytes = "trailing-bytes"
        /// Names with `..`, which was taken out of them within the layer's root.
        case parentInName = "parent-in-name"
        /// Links on the way to a member that lead above the root, and were read inside it.
        case linkAboveRoot = "link-above-root"
        /// Owners and device numbers of more bits than the kernel takes.
        case wrappedNumber = "wrapped-number"
        /// Hard links to files of lower layers, which have their content and attributes.
        case linkToLowerLayer = "link-to-lower-layer"
        /// Directories that no member names, with the attributes that they have in lower layers.
        case impliedDirectory = "implied-directory"
        /// Directories that no member names, in the place of a symbolic link of a lower layer: they hide what it leads to.
        case directoryOverLink = "directory-over-link"
        /// Names of lower layers that an opaque root hides one by one.
        case opaqueRoot = "opaque-root"
        /// Directories of so many names that whoever reads one of them loads a large catalog: a directory is never spread
        /// over several.
        case largeDirectory = "large-directory"

        /// In the order of the raw values.
        package static func < (left: Warning, right: Warning) -> Bool { left.rawValue < right.rawValue }
    }
}
