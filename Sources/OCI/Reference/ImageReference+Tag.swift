extension ImageReference {
    /// Whether a text is a tag by the specification's grammar.
    package static func isTag(_ text: String) -> Bool {
        ReferenceGrammar.ruleBroken(byTag: text[...]) == nil
    }
}
