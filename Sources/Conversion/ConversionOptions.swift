package import OCI

/// How the operator wants a conversion done.
package struct ConversionOptions: Sendable {
    /// The platform taken out of an index.
    package var platform: Platform
    /// Converts also what is up to date.
    package var convertAgain: Bool
    /// Downloads and stores layers that are there, replacing each by the same content.
    package var overwriteLayers: Bool

    /// Options.
    package init(platform: Platform = .linuxAMD64, convertAgain: Bool = false, overwriteLayers: Bool = false) {
        self.platform = platform
        self.convertAgain = convertAgain
        self.overwriteLayers = overwriteLayers
    }
}
