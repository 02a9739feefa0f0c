package import Plumbing

/// What the `OCI` module refuses: text or documents that do not follow the rules of images.
///
/// Text from outside is made printable before it gets in, and no password is ever part of it.
package enum OCIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A part of an image reference breaks a rule of its grammar. `text` is nil where it might hold a password.
    case invalidReference(part: ReferencePart, text: String?, rule: String)
    /// A digest breaks a rule of its grammar.
    case invalidDigest(text: String, rule: String)
    /// A platform breaks a rule of its grammar.
    case invalidPlatform(text: String, rule: String)
    /// A manifest, index or configuration is not what it should be.
    case invalidDocument(JSONError)
    /// A document of a kind that this program does not read.
    case unsupportedDocument(problem: String)
    /// An index has no image for the platform. `offered` lists the platforms that it has, `unreadable` what is wrong with the
    /// entries that cannot be read.
    case platformNotOffered(wanted: Platform, offered: [String], unreadable: [String])

    /// One lower-case line: what is wrong, with what, and by which rule.
    package var description: String {
        switch self {
        case .invalidReference(let part, .some(let text), let rule):
            "\(part.rawValue) \"\(text)\" \(rule)"
        case .invalidReference(let part, nil, let rule):
            "\(part.rawValue) \(rule)"
        case .invalidDigest(let text, let rule):
            "digest \"\(text)\" \(rule)"
        case .invalidPlatform(let text, let rule):
            "platform \"\(text)\" \(rule)"
        case .invalidDocument(let error):
            error.description
        case .unsupportedDocument(let problem):
            problem
        case .platformNotOffered(let wanted, let offered, let unreadable):
            "the index has no image for \(wanted)"
                + (offered.isEmpty ? ", nor for any other platform" : "; it offers \(offered.joined(separator: ", "))")
                + (unreadable.first.map {
                    "; \(Counted.text(unreadable.count, "entry", "entries")) cannot be read: \($0)"
                } ?? "")
        }
    }
}
