import State

/// An image that is in the repository, and what that took.
struct PublishedImage: Sendable {
    let revision: UInt64
    /// Whether that is a new one.
    let isNew: Bool
    let traffic: Traffic
    /// How many transactions of `cvmfs_server` it took; nil where Wafer itself wrote one revision.
    var transactions: Int?
    /// What could not be stored of new layers; nil where everything was.
    var losses: String?
}
