import Plumbing

extension LayerReader {
    /// The extended attributes that a file keeps, sorted by name. Throws ``LayerError`` where they are too many.
    func attributes(_ header: TarHeader, _ path: BytePath) throws -> [ExtendedAttribute] {
        if header.hasAccessControlList { notes.drop(.accessControlList, path) }
        if header.attributes.isEmpty { return [] }
        var kept: [ExtendedAttribute] = []
        var size = 0
        for attribute in header.attributes {
            guard (1...LayerLimits.nameLength).contains(attribute.name.count), !attribute.name.contains(0) else {
                throw refused("an extended attribute with a name that cannot be one", path)
            }
            if let kind = dropped(attribute) {
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

    private func dropped(_ attribute: ExtendedAttribute) -> LayerNotes.Dropped? {
        let name = attribute.name
        if name.starts(with: "trusted.overlay.".utf8) || name.starts(with: "user.overlay.".utf8) {
            return .overlayAttribute
        }
        if name.starts(with: "system.posix_acl_".utf8) || name.elementsEqual("system.nfs4_acl".utf8) {
            return .accessControlList
        }
        if let length = policy.attributeLength, name.count > length || attribute.value.count > length {
            return .longAttribute
        }
        return nil
    }
}
