package import Foundation

/// The moment a conversion's layers became visible in the CVMFS repository.
package struct Publication: Sendable, Hashable {
    /// The repository's revision.
    package let revision: Int64
    /// When it was recorded.
    package let at: Date

    /// A publication by its parts.
    package init(revision: Int64, at: Date) {
        self.revision = revision
        self.at = at
    }
}
