package import Foundation

/// The moment a conversion's layers became visible in the CVMFS repository.
package struct Publication: Sendable, Hashable {
    /// The repository's revision.
    package let revision: Int64
    /// When it was recorded.
    package let at: Date
    /// How many transactions of `cvmfs_server` it took; nil where Wafer itself wrote one revision.
    package let transactions: Int64?
    /// What could not be stored of new layers, as a person reads it; nil where everything was.
    package let losses: String?

    /// A publication by its parts.
    package init(revision: Int64, at: Date, transactions: Int64? = nil, losses: String? = nil) {
        self.revision = revision
        self.at = at
        self.transactions = transactions
        self.losses = losses
    }
}
