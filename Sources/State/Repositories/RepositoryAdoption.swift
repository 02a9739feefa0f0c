package import Foundation

/// When Wafer took over what other programs had published in a repository.
package struct RepositoryAdoption: Sendable, Hashable {
    /// When it was said.
    package let at: Date
    /// The revision that was published then: what other programs made is in it.
    package let revision: Int64

    /// An adoption by its parts.
    package init(at: Date, revision: Int64) {
        self.at = at
        self.revision = revision
    }
}
