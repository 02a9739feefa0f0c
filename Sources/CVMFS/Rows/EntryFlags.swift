/// The `flags` column of a catalog row (docs/cvmfs-format.md §3.6).
package struct EntryFlags: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    /// The flags of a stored number.
    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let directory = EntryFlags(rawValue: 1)
    /// The row in the parent catalog of a directory whose content lies in a nested one.
    package static let mountpoint = EntryFlags(rawValue: 1 << 1)
    /// Everything that is not a directory.
    package static let file = EntryFlags(rawValue: 1 << 2)
    package static let symlink = EntryFlags(rawValue: 1 << 3)
    package static let special = EntryFlags(rawValue: 1 << 4)
    /// The row of a nested catalog's own root.
    package static let nestedRoot = EntryFlags(rawValue: 1 << 5)
    package static let chunked = EntryFlags(rawValue: 1 << 6)
    package static let external = EntryFlags(rawValue: 1 << 7)
    /// Stored verbatim: compression 1 of bits 11 to 13.
    package static let uncompressed = EntryFlags(rawValue: 1 << 11)
    package static let bindMountpoint = EntryFlags(rawValue: 1 << 14)
    package static let hidden = EntryFlags(rawValue: 1 << 15)
    package static let directIO = EntryFlags(rawValue: 1 << 16)

    /// Bits 8 to 10: the algorithm of the row's hash or of its chunks' hashes; nil for a number without meaning.
    package var algorithm: HashAlgorithm? { HashAlgorithm(rawValue: rawValue >> 8 & 7) }

    /// Bits 8 to 10 for an algorithm.
    package static func algorithm(_ algorithm: HashAlgorithm) -> EntryFlags {
        EntryFlags(rawValue: algorithm.rawValue << 8)
    }
}
