/// In what two entries of one name may differ. The raw values are for people and for scripts; the order is that in which
/// they are told.
package enum EntryAspect: String, Sendable, CaseIterable {
    /// One is a directory, say, and the other a link.
    case type
    /// Bytes of a regular file, by the hashes that the catalogs have; what is bound to a directory.
    case content
    /// The length of a regular file.
    case size
    /// Permissions, setuid, setgid and sticky bit.
    case mode
    /// User or group.
    case owner
    /// When it was changed last, nanoseconds included.
    case time
    /// How many names of its directory share the file, or which of them is the first.
    case links
    /// Where a symbolic link leads.
    case target
    /// Extended attributes.
    case xattrs
    /// The number of a device.
    case device
}
