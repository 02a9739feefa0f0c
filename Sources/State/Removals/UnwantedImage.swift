package import Foundation

/// An image that was wanted in a repository, and is not any more.
package struct UnwantedImage: Sendable, Equatable {
    /// The image.
    package let image: Image
    /// When the last desiderata of it was removed.
    package let since: Date
}
