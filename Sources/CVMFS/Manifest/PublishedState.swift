/// What a repository publishes at a moment, with every signature verified.
package struct PublishedState: Sendable {
    /// The commit point.
    package let manifest: RepositoryManifest
    /// The certificate whose key signed it.
    package let certificate: Certificate
    /// What allows that certificate; perhaps expired.
    package let whitelist: Whitelist
}
