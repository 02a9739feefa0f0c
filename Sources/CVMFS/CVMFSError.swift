/// What failed in a repository, on which object, and where somebody can act, what to do next.
package struct CVMFSError: Error, Equatable, CustomStringConvertible {
    /// The kinds that callers tell apart.
    package enum Code: Sendable {
        /// Bytes that do not follow the format or do not match their hash or signature.
        case corrupt
        /// A file, an entry or a key that is not there.
        case notFound
        /// The format cannot hold this.
        case unrepresentable
        /// Another writer holds the repository.
        case busy
        /// The operating system refused: full disk, permission.
        case system
        /// A whitelist or a key that does not allow this.
        case notTrusted
        /// A call that the repository's state does not allow: it exists already, it is not empty.
        case refused
    }

    package let code: Code
    /// A lower-case sentence.
    package let description: String

    /// Makes an error.
    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
