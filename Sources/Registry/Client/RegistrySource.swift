import OCI

/// Where an image can be read: its registry, or a mirror of it.
struct RegistrySource: Sendable {
    /// The image as this registry knows it.
    let reference: ImageReference
    let credentials: RegistryCredentials?
    let isMirror: Bool
    /// Whether it is asked as everybody may ask it.
    var isAnonymous = false
}
