import Plumbing

extension LayerReader {
    /// The entry that a member stands for, nil where it is dropped. Throws ``LayerError`` where it is refused.
    func entry(_ header: TarHeader) throws -> LayerEntry? {
        let path = try EntryPath.normalise(header.path, limits: limits, entry: header.path)
        let kind = try kind(header, path)
        if header.hasGlobalRecords { notes.warn(.globalRecords, path.description) }
        if let whiteout = try Whiteout(path) {
            return try entry(of: whiteout, path, kind)
        }
        if try isDroppedMarker(path, kind) {
            notes.drop(.markerFile, path)
            return nil
        }
        return LayerEntry(
            path: path,
            kind: kind,
            FileAttributes(
                mode: header.mode,
                uid: header.uid,
                gid: header.gid,
                mtime: header.mtime,
                mtimeNanoseconds: header.mtimeNanoseconds,
                xattrs: try attributes(header, path)
            )
        )
    }

    private func kind(_ header: TarHeader, _ path: BytePath) throws -> LayerEntry.Kind {
        typealias TypeFlag = TarHeader.TypeFlag
        let kind = try plainKind(header, path)
        if path.isRoot, kind != .directory { throw refused("the root of a layer must be a directory", path) }
        return kind
    }

    private func plainKind(_ header: TarHeader, _ path: BytePath) throws -> LayerEntry.Kind {
        switch header.typeFlag {
        case TarHeader.TypeFlag.directory:
            return .directory
        case _ where header.isFile:
            return try fileKind(header, path)
        case TarHeader.TypeFlag.symlink:
            return try symlinkKind(header, path)
        case TarHeader.TypeFlag.hardLink:
            let target = try EntryPath.normalise(header.link, limits: limits, entry: header.path)
            return .hardLink(target: target)
        case TarHeader.TypeFlag.characterDevice:
            // The kernel's overlay takes such a device for a whiteout; only this program may write one.
            if header.device == DeviceNumber(major: 0, minor: 0) { throw refused("a character device 0:0", path) }
            return .node(.characterDevice(header.device))
        case TarHeader.TypeFlag.blockDevice:
            return .node(.blockDevice(header.device))
        case TarHeader.TypeFlag.fifo:
            return .node(.fifo)
        default:
            throw refused("its type \"\(Printable.text(CollectionOfOne(header.typeFlag)))\" is unknown", path)
        }
    }

    private func fileKind(_ header: TarHeader, _ path: BytePath) throws -> LayerEntry.Kind {
        if header.path.last == UInt8(ascii: "/") {
            // Archives of the seventh edition mark directories so. For other files readers disagree.
            if header.typeFlag == TarHeader.TypeFlag.oldFile, header.size == 0 { return .directory }
            throw refused("a file whose name ends with a slash", path)
        }
        guard header.size <= limits.entrySize else {
            throw LayerError(.overLimit(.entrySize, limit: limits.entrySize), entry: path)
        }
        return .file(size: header.size)
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

    /// Whiteouts are empty files, or with aufs hard links to one; what they contain does not matter.
    private func entry(of whiteout: Whiteout, _ path: BytePath, _ kind: LayerEntry.Kind) throws -> LayerEntry? {
        if case .bookkeeping = whiteout {
            notes.drop(.aufsEntry, path)
            return nil
        }
        switch kind {
        case .node(.file), .hardLink: break
        default: throw refused("a whiteout that is not a file", path)
        }
        switch whiteout {
        case .deletion(let deleted):
            // Layers below have no such file either, or have dropped it.
            if try isMarker(deleted) {
                notes.drop(.markerFile, path)
                return nil
            }
            return LayerEntry(path: deleted, kind: .whiteout, FileAttributes(mode: 0))
        case .opaque(let directory):
            return LayerEntry(path: directory, kind: .opaque, FileAttributes(mode: 0))
        case .bookkeeping:
            return nil
        }
    }

    private func isDroppedMarker(_ path: BytePath, _ kind: LayerEntry.Kind) throws -> Bool {
        guard try isMarker(path) else { return false }
        guard kind == .file(size: 0) else { throw refused("a name that steers the repository", path) }
        return true
    }

    /// Whether the last component is a marker. Throws where one stands on the way.
    private func isMarker(_ path: BytePath) throws -> Bool {
        guard !policy.markerNames.isEmpty else { return false }
        var components = path.bytes.split(separator: UInt8(ascii: "/"))[...]
        guard let last = components.popLast() else { return false }
        func isMarker(_ name: ArraySlice<UInt8>) -> Bool { policy.markerNames.contains { $0.elementsEqual(name) } }
        if components.contains(where: isMarker) { throw refused("a name that steers the repository", path) }
        return isMarker(last)
    }

    func refused(_ rule: String, _ path: BytePath) -> LayerError {
        LayerError(.refused(rule), entry: path)
    }
}
