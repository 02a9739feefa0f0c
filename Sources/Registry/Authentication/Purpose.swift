/// What a request is a part of, for messages.
package struct Purpose: Sendable, Equatable {
    /// What is done.
    package enum Operation: String, Sendable {
        case pullManifest = "cannot fetch the manifest of"
        case pullBlob = "cannot fetch"
        case pushBlob = "cannot push"
        case pushManifest = "cannot push the manifest of"
        case login = "cannot log in to"
        case listTags = "cannot list the tags of"
        case authenticate = "cannot log in for"
        /// At a web server that is no registry.
        case readFile = "cannot read"

        /// Whether it changes the registry.
        package var isPush: Bool { self == .pushBlob || self == .pushManifest }
    }

    /// What is done.
    package let operation: Operation
    /// With what: a reference, or a digest "of" one.
    package let object: String
    /// The registry as credentials know it.
    package let host: String

    /// Takes the parts.
    package init(_ operation: Operation, _ object: String, host: String) {
        self.operation = operation
        self.object = object
        self.host = host
    }
}
