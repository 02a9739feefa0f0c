package import Foundation

/// A root catalog of the chain.
package struct LoggedRevision: Sendable, Equatable {
    /// The root catalog.
    package let root: ContentHash
    /// Its number.
    package let revision: UInt64
    /// When it was written.
    package let modified: Date
}
