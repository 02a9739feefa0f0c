import Plumbing

extension CatalogInspection {
    /// The entries of one directory.
    func checkDirectory(_ directory: BytePath, linkCount: UInt32?) throws {
        var groups = HardLinkGroups()
        var subdirectories: UInt32 = 0
        var hasMarker = false
        let key = try PathKey(directory)
        try listing.forEach(.integer(key.first), .integer(key.second)) { statement in
            let row = InspectedRow(statement)
            entries += 1
            if row.type == .directory { subdirectories += 1 }
            guard let path = try checkName(of: row, in: directory) else { return }
            if row.name == CatalogEntry.markerName {
                hasMarker = true
                checkMarker(row, at: path, in: directory)
            }
            if row.linkCount == 0 { faults.add(.linkCount, path.checkText, "link count 0") }
            checkXattrs(of: row, path)
            if row.type == .directory {
                try checkSubdirectory(row, at: path)
            } else {
                groups.add(row, at: path, faults)
                try checkFile(row, at: path)
            }
        }
        groups.finish(faults)
        // Every subdirectory's ".." is a link too.
        let expected = subdirectories + 2
        if let linkCount, linkCount != expected {
            faults.add(.linkCount, directory.checkText, "link count \(linkCount), expected \(expected)")
        }
        if directory == prefix, !prefix.isRoot, !hasMarker {
            faults.add(.marker, prefix.checkText, "nested catalog without a .cvmfscatalog")
        }
    }

    /// The path of a row, nil where it has none that could be walked.
    private func checkName(of row: InspectedRow, in directory: BytePath) throws -> BytePath? {
        guard BytePath.isName(row.name) else {
            faults.add(.name, directory.checkText, "has an entry named \"\(Printable.text(row.name))\"")
            return nil
        }
        let path = directory.appending(row.name)
        if !row.hasTexts { faults.add(.name, path.checkText, "name or link target is not stored as text") }
        // Clients find a row by its key. A row is walked only where that is right, which keeps the walk finite.
        guard try row.hasKey(of: path) else {
            faults.add(.name, path.checkText, "the row has the key of another path")
            return nil
        }
        return path
    }

    private func checkMarker(_ row: InspectedRow, at path: BytePath, in directory: BytePath) {
        // Check of stock tolerates one in the repository's root, which is the root of a catalog too.
        if directory != prefix {
            faults.add(.marker, path.checkText, "a .cvmfscatalog in a directory that is not the root of a catalog")
        }
        if row.type != .regular { faults.add(.marker, path.checkText, "a .cvmfscatalog that is no regular file") }
    }

    func checkXattrs(of row: InspectedRow, _ path: BytePath) {
        guard let blob = row.xattrs else { return }
        own[.xattr] += 1
        if ExtendedAttributes(blob: blob) == nil {
            faults.add(.xattrs, path.checkText, "extended attributes are damaged")
        }
    }

    private func checkSubdirectory(_ row: InspectedRow, at path: BytePath) throws {
        own[.dir] += 1
        if row.linkGroup > 0 { faults.add(.hardLinks, path.checkText, "a directory in a hard-link group") }
        if row.hash != nil { faults.add(.content, path.checkText, "a directory with a content hash") }
        rejectFlags([.chunked, .external, .directIO], of: row, path, "a directory")
        if row.flags.contains(.nestedRoot) {
            faults.add(.type, path.checkText, "is marked as the root of this catalog, which it is not")
        }
        guard row.flags.contains(.mountpoint) || row.flags.contains(.bindMountpoint) else {
            directories.append((path, row.linkCount))
            return
        }
        mountpoints[path] = row
        if try anyEntry.first(.integer(row.keyFirst), .integer(row.keySecond), body: { _ in true }) == true {
            faults.add(.nestedCatalogs, path.checkText, "a mountpoint that has entries in the parent catalog")
        }
    }

    private func checkFile(_ row: InspectedRow, at path: BytePath) throws {
        switch row.type {
        case .regular: try checkRegular(row, at: path)
        case .symlink:
            own[.symlink] += 1
            rejectContent(of: row, path, "a symlink")
        case .fifo, .socket, .characterDevice, .blockDevice: checkSpecial(row, at: path)
        case .directory, nil:
            // Counted as special by stock's readers too: they know nothing else for it.
            own[.special] += 1
            faults.add(.type, path.checkText, "mode \(String(row.mode, radix: 8)) names no file type")
        }
    }

    private func checkSpecial(_ row: InspectedRow, at path: BytePath) {
        own[.special] += 1
        rejectContent(of: row, path, "a special file")
        if !row.symlink.isEmpty { faults.add(.type, path.checkText, "a special file with a link target") }
        // The size of a device is its number.
        if row.type == .fifo || row.type == .socket, row.size != 0 {
            faults.add(.type, path.checkText, "a special file of \(row.size) bytes")
        }
    }

    private func rejectContent(of row: InspectedRow, _ path: BytePath, _ what: String) {
        if row.hash != nil { faults.add(.content, path.checkText, "\(what) with a content hash") }
        rejectFlags([.chunked, .external, .directIO], of: row, path, what)
    }

    private func rejectFlags(_ flags: EntryFlags, of row: InspectedRow, _ path: BytePath, _ what: String) {
        if row.flags.isDisjoint(with: flags) { return }
        faults.add(.type, path.checkText, "\(what) with flags that only regular files may have")
    }
}
