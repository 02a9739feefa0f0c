/// What a publisher cannot store of a layer. The raw values are for records that outlive the program.
package enum LayerLoss: String, Sendable, CaseIterable, Comparable {
    /// Directories that no longer hide what layers below have in them: the mark is an attribute.
    case opaqueDirectories = "lost-opaque-directories"
    /// Files without their extended attributes, file capabilities among them.
    case extendedAttributes = "lost-extended-attributes"
    /// Names that became files of their own.
    case hardLinks = "lost-hard-links"
    /// Files that belong to somebody else.
    case owners = "lost-owners"

    /// What is lost, as a person reads it.
    package static func text(_ losses: [LayerLoss: Int]) -> String {
        losses.sorted { $0.key < $1.key }.map { loss, count in
            switch loss {
            case .opaqueDirectories: "\(count) directories no longer hide what lower layers have in them"
            case .extendedAttributes: "\(count) files without their extended attributes"
            case .hardLinks: "\(count) hard links as files of their own"
            case .owners: "\(count) entries with the repository's owner"
            }
        }.joined(separator: ", ")
    }

    /// In the order of the raw values.
    package static func < (left: LayerLoss, right: LayerLoss) -> Bool { left.rawValue < right.rawValue }
}
