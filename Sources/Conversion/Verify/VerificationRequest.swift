package import OCI
package import Registry

/// An image that shall be compared, and what is wanted of it in one repository.
package struct VerificationRequest: Sendable {
    /// Somebody's wish for this image in this repository.
    package struct Wanted: Sendable {
        let wish: Wish
        /// With what the registry of its thin image is asked.
        let credentials: RegistryCredentials?

        /// A wish, and the credentials for its thin image.
        package init(_ wish: Wish, credentials: RegistryCredentials? = nil) {
            self.wish = wish
            self.credentials = credentials
        }
    }

    /// The image, as it was asked for.
    let source: ImageSource
    /// What of it has to be there; where nobody wants anything, what is there is compared.
    let wanted: [Wanted]
    /// The only platform to compare; nil for all that are wanted.
    let platform: Platform?
    /// With what its registry is asked.
    let credentials: RegistryCredentials?

    /// A comparison of all that is wanted.
    package init(
        of source: ImageSource,
        wanted: [Wanted] = [],
        platform: Platform? = nil,
        credentials: RegistryCredentials? = nil
    ) {
        self.source = source
        self.wanted = wanted
        self.platform = platform
        self.credentials = credentials
    }
}
