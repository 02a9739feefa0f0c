/// What the name and the password of a user must be for Basic authentication to carry them
/// ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617#section-2)).
package enum LoginRule {
    /// The rule that a user's name breaks, nil for none. A name with a ":" would log in as somebody else.
    package static func fault(ofUser name: String) -> String? {
        if name.utf8.contains(UInt8(ascii: ":")) {
            return "the name of the user must not have a \":\" in it: the password would begin there"
        }
        return hasControls(name) ? "the name of the user must not have control characters in it" : nil
    }

    /// The rule that a password or token breaks, nil for none. Shows nothing of it.
    package static func fault(ofSecret secret: String) -> String? {
        hasControls(secret) ? "the password or token must not have control characters in it" : nil
    }

    private static func hasControls(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
