import Plumbing

extension LayerReader {
    /// The extended attributes that a file keeps, sorted by name. Throws ``LayerError`` where they are too many.
    func attributes(_ header: TarHeader, _ path: BytePath) throws -> [ExtendedAttribute] {
        if header.hasAccessControlList { notes.drop(.accessControlList, path) }
        if header.hasForeignAttributes { notes.drop(.unknownAttribute, path) }
        if header.attributes.isEmpty { return [] }
        var kept: [ExtendedAttribute] = []
        var size = 0
        for attribute in header.attributes {
            if let kind = dropped(attribute, header.typeFlag) {
                notes.drop(kind, path)
                continue
            }
            kept.append(attribute)
            size += attribute.name.count + attribute.value.count
        }
        guard kept.count <= limits.attributes else {
            throw LayerError(.overLimit(.attributes, limit: Int64(limits.attributes)), entry: path)
        }
        guard size <= limits.attributeBytes else {
            throw LayerError(.overLimit(.attributeBytes, limit: Int64(limits.attributeBytes)), entry: path)
        }
        return kept.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func dropped(_ attribute: ExtendedAttribute, _ type: UInt8) -> LayerNotes.Dropped? {
        let name = attribute.name
        if name.starts(with: "trusted.overlay.".utf8) || name.starts(with: "user.overlay.".utf8) {
            return .overlayAttribute
        }
        if name.starts(with: "system.posix_acl_".utf8) || name.elementsEqual("system.nfs4_acl".utf8) {
            return .accessControlList
        }
        guard Self.isKnown(name, type) else { return .unknownAttribute }
        if attribute.value.count > Self.valueLimit { return .longAttribute }
        if let length = policy.attributeLength, name.count > length || attribute.value.count > length {
            return .longAttribute
        }
        return nil
    }

    /// What Linux takes of one attribute, in bytes (`XATTR_SIZE_MAX`).
    private static let valueLimit = 64 << 10

    /// Whether Linux has such an attribute for a file of this type: others Docker and containerd leave out, too
    /// (xattr(7)).
    private static func isKnown(_ name: [UInt8], _ type: UInt8) -> Bool {
        guard name.count <= LayerLimits.nameLength, !name.contains(0) else { return false }
        if name.starts(with: "user.".utf8) {
            let hasNone = [
                TarHeader.TypeFlag.symlink, TarHeader.TypeFlag.characterDevice, TarHeader.TypeFlag.blockDevice,
                TarHeader.TypeFlag.fifo,
            ]
            return name.count > 5 && !hasNone.contains(type)
        }
        return ["security.", "trusted."].contains { name.count > $0.utf8.count && name.starts(with: $0.utf8) }
    }
}
