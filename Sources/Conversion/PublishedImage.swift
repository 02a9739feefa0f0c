import State

/// An image that is in the repository, and what that took.
struct PublishedImage: Sendable {
    let revision: UInt64
    let traffic: Traffic
}
