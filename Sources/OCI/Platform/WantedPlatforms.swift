/// Which images of an index are wanted.
package enum WantedPlatforms: Sendable, Equatable {
    /// One for each of these.
    case these([Platform])
    /// Every one for Linux: no other can be run from a repository.
    case all

    /// One.
    package static func one(_ platform: Platform) -> WantedPlatforms { .these([platform]) }

    /// The images of an index, each with the platform that it is wanted for.
    package func images(of index: Index) -> [Descriptor] {
        switch self {
        case .these(let platforms): platforms.compactMap { index.image(for: $0) }
        case .all: index.images.filter { $0.platform?.os == "linux" }
        }
    }
}
