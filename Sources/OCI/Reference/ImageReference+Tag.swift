import Plumbing

extension ImageReference {
    /// Whether a text is a tag by the specification's grammar.
    package static func isTag(_ text: String) -> Bool {
        ReferenceGrammar.ruleBroken(byTag: text[...]) == nil
    }

    /// The same repository's image of that tag, as if it had been typed so. Throws ``OCIError`` for a text that is no tag.
    package func tagged(_ tag: String) throws -> ImageReference {
        if let rule = ReferenceGrammar.ruleBroken(byTag: tag[...]) {
            throw OCIError.invalidReference(part: .tag, text: Printable.text(tag, limit: 280), rule: rule)
        }
        return ImageReference(
            typed: "\(scheme.rawValue)://\(registry)/\(repository):\(tag)",
            scheme: scheme,
            host: host,
            repository: repository,
            tag: tag,
            digest: nil
        )
    }
}
