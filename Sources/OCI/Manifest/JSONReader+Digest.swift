package import Plumbing

/// Digests in documents.
extension JSONReader {
    /// The digest, or an error with the broken rule.
    package func digest() throws -> Digest {
        do {
            return try Digest(parsing: string())
        } catch OCIError.invalidDigest(_, let rule) {
            throw fault(rule)
        }
    }
}
