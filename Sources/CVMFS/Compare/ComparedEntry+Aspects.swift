import Plumbing

extension ComparedEntry {
    /// In what another entry is not the same. Flags of catalogs, the link counts and lengths of directories, and the time's
    /// unknown nanoseconds, which count as 0, are no differences.
    ///
    /// Throws ``CVMFSError`` `corrupt` for a regular file whose content the catalogs do not name.
    func aspects(against other: ComparedEntry) throws -> [EntryAspect] {
        var aspects: [EntryAspect] = []
        func note(_ aspect: EntryAspect, _ differs: Bool) { if differs { aspects.append(aspect) } }
        let (old, new) = (row, other.row)
        let isSameType = old.mode & FileType.mask == new.mode & FileType.mask
        func isSame(_ type: FileType) -> Bool { isSameType && old.type == type }
        note(.type, !isSameType)
        if isSame(.regular) {
            note(.content, try !hasContent(of: other))
            note(.size, old.size != new.size)
        } else if isSame(.directory) {
            note(.content, try bound?.hash != other.bound?.hash)
        }
        note(.mode, old.mode & 0o7777 != new.mode & 0o7777)
        note(.owner, old.uid != new.uid || old.gid != new.gid)
        note(.time, old.modified != new.modified || (old.nanoseconds ?? 0) != (new.nanoseconds ?? 0))
        if isSameType, !old.isDirectory {
            note(.links, old.linkCount != new.linkCount || firstLink != other.firstLink)
        }
        note(.target, isSame(.symlink) && old.symlink != new.symlink)
        note(.xattrs, !Self.areEqual(old.xattrs, new.xattrs))
        note(.device, (isSame(.characterDevice) || isSame(.blockDevice)) && old.size != new.size)
        return aspects
    }

    /// Bits 11 to 13 of the flags: how to make bytes of the object that the hash names (docs/cvmfs-format.md §3.6).
    private static let compressionBits = 7 << 11

    /// Whether two files have the same bytes, as far as their hashes tell: those of whole files where both have one, else
    /// those of their pieces.
    private func hasContent(of other: ComparedEntry) throws -> Bool {
        if let hash = row.hash, let otherHash = other.row.hash {
            let flags = row.flags.rawValue ^ other.row.flags.rawValue
            return hash == otherHash && flags & Self.compressionBits == 0
        }
        let content = try node.catalog.content(of: path, entry: row)
        return try content == other.node.catalog.content(of: other.path, entry: other.row)
    }

    /// Whether two encodings hold the same attributes, in whatever form and order.
    private static func areEqual(_ old: [UInt8]?, _ new: [UInt8]?) -> Bool {
        if old == new { return true }
        guard let old = sorted(old), let new = sorted(new) else { return false }
        return old == new
    }

    /// The attributes by name, nil where they cannot be read.
    private static func sorted(_ blob: [UInt8]?) -> [ExtendedAttribute]? {
        guard let blob else { return [] }
        return ExtendedAttributes(blob: blob)?.attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
