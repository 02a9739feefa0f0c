package import SystemPackage

/// What a rotation of the repository's key did.
package struct KeyRotation: Sendable, Equatable {
    /// The certificate that is valid now.
    package let certificate: ContentHash
    /// The one before, which the whitelist may still list.
    package let previous: ContentHash
    /// Where the files of before lie now; empty where an earlier attempt had moved them.
    package let kept: [FilePath]
}
