import Plumbing

extension LayerReader {
    /// The entry that a member stands for, nil where it is left out. Throws ``LayerError`` where it is refused.
    func entry(_ header: TarHeader) throws -> LayerEntry? {
        let (path, hadParents) = try EntryPath.normalise(header.path, limits: limits, entry: header.path)
        if hadParents { notes.warn(.parentInName, Printable.text(header.path)) }
        if header.hasGlobalRecords { notes.warn(.globalRecords, path.description) }
        if header.typeFlag == TarHeader.TypeFlag.volumeLabel {
            notes.drop(.archiveMember, path)
            return nil
        }
        if let whiteout = Whiteout(path) { return try entry(of: whiteout, path, header) }
        if isBelowMarker(path) {
            notes.drop(.markerFile, path)
            return LayerEntry(path: path, kind: .leftOut(.markerFile))
        }
        guard let kind = try kind(header, path) else { return nil }
        if path.isRoot, kind != .directory {
            notes.drop(.rootEntry, path)
            return nil
        }
        if header.hasWrappedNumbers { notes.warn(.wrappedNumber, path.description) }
        return LayerEntry(path: path, kind: kind, try attributes(of: header, path))
    }

    private func attributes(of header: TarHeader, _ path: BytePath) throws -> FileAttributes {
        FileAttributes(
            mode: header.mode,
            uid: header.uid,
            gid: header.gid,
            mtime: header.mtime,
            mtimeNanoseconds: header.mtimeNanoseconds,
            xattrs: try attributes(header, path)
        )
    }

    private func kind(_ header: TarHeader, _ path: BytePath) throws -> LayerEntry.Kind? {
        switch header.typeFlag {
        case TarHeader.TypeFlag.directory, TarHeader.TypeFlag.incrementalDirectory:
            return .directory
        case TarHeader.TypeFlag.oldFile where header.path.last == UInt8(ascii: "/"):
            // Archives of the seventh edition mark directories so.
            return .directory
        case _ where header.isFile:
            return .file(size: try fileSize(header, path))
        case TarHeader.TypeFlag.symlink:
            return try symlinkKind(header, path)
        case TarHeader.TypeFlag.hardLink:
            let target = try EntryPath.normalise(header.link, limits: limits, entry: header.path)
            if target.hadParents { notes.warn(.parentInName, Printable.text(header.link)) }
            return .hardLink(target: target.path)
        case TarHeader.TypeFlag.characterDevice:
            // The kernel's overlay takes such a device for a whiteout; only this program may write one.
            guard header.device != DeviceNumber(major: 0, minor: 0) else {
                notes.drop(.overlayDevice, path)
                return .leftOut(.overlayDevice)
            }
            return .node(.characterDevice(header.device))
        case TarHeader.TypeFlag.blockDevice:
            return .node(.blockDevice(header.device))
        case TarHeader.TypeFlag.fifo:
            return .node(.fifo)
        default:
            throw refused("its type \"\(Printable.text(CollectionOfOne(header.typeFlag)))\" is unknown", path)
        }
    }

    private func fileSize(_ header: TarHeader, _ path: BytePath) throws -> Int64 {
        guard header.size <= limits.entrySize else {
            throw LayerError(.overLimit(.entrySize, limit: limits.entrySize), entry: path)
        }
        return header.size
    }

    private func symlinkKind(_ header: TarHeader, _ path: BytePath) throws -> LayerEntry.Kind {
        let target = header.link
        guard !target.isEmpty, !target.contains(0) else { throw refused("a link with no or a NUL target", path) }
        guard target.count <= limits.pathLength else {
            throw LayerError(.overLimit(.pathLength, limit: Int64(limits.pathLength)), entry: path)
        }
        if zip(target, target.dropFirst()).contains(where: { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "(") }) {
            notes.warn(.variableLink, "\(path) -> \(Printable.text(target))")
        }
        return .symlink(target: target)
    }

    /// What kind of file carries the name of a whiteout does not matter, nor what that contains.
    private func entry(of whiteout: Whiteout, _ path: BytePath, _ header: TarHeader) throws -> LayerEntry? {
        switch whiteout {
        case .deletion(let deleted):
            // Layers below have no such file either, or have dropped it.
            guard !isBelowMarker(deleted) else {
                notes.drop(.markerFile, path)
                return nil
            }
            return LayerEntry(path: deleted, kind: .whiteout, FileAttributes(mode: 0))
        case .opaque(let directory):
            return LayerEntry(path: directory, kind: .opaque, FileAttributes(mode: 0))
        case .bookkeeping where header.isFile && Whiteout.isLinkTarget(path):
            let size = try fileSize(header, path)
            return LayerEntry(path: path, kind: .linkTarget(size: size), try attributes(of: header, path))
        case .bookkeeping:
            notes.drop(.aufsEntry, path)
            return nil
        case .stray:
            notes.drop(.strayWhiteout, path)
            return nil
        }
    }

    /// Whether a component is a name that steers the repository.
    private func isBelowMarker(_ path: BytePath) -> Bool {
        guard !policy.markerNames.isEmpty else { return false }
        return path.bytes.split(separator: UInt8(ascii: "/")).contains { name in
            policy.markerNames.contains { $0.elementsEqual(name) }
        }
    }

    func refused(_ rule: String, _ path: BytePath) -> LayerError {
        LayerError(.refused(rule), entry: path)
    }
}
