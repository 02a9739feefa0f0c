/// The type bits of `st_mode` (inode(7)), which catalogs store as they are (docs/cvmfs-format.md §3.5).
package enum FileType: UInt32, Sendable {
    case fifo = 0o010000
    case characterDevice = 0o020000
    case directory = 0o040000
    case blockDevice = 0o060000
    case regular = 0o100000
    case symlink = 0o120000
    case socket = 0o140000

    /// The bits of `st_mode` that tell it.
    package static let mask: UInt32 = 0o170000

    /// The type in an `st_mode`; nil for bits that are none.
    package init?(mode: UInt32) {
        self.init(rawValue: mode & Self.mask)
    }
}
