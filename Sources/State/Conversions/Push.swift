package import Foundation

/// The moment a conversion's thin image was at its registry.
package struct Push: Sendable, Hashable {
    /// The digest of the thin image's manifest.
    package let thinDigest: String
    /// When it was recorded.
    package let at: Date

    /// A push by its parts.
    package init(thinDigest: String, at: Date) {
        self.thinDigest = thinDigest
        self.at = at
    }
}
