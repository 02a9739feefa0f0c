package import Plumbing

/// Something in a ``PodmanStore`` that podman stumbles over.
package struct PodmanStoreFault: Sendable, Hashable, CustomStringConvertible {
    /// Who stumbles.
    package enum Reach: Int, Sendable, Comparable {
        /// Who runs this image.
        case image
        /// Who runs this image, and everybody that asks for the list of images (`podman images`).
        case listing
        /// Everybody who has the store: no image of it runs.
        case store

        package static func < (left: Reach, right: Reach) -> Bool { left.rawValue < right.rawValue }
    }

    /// The file or link that is missing or wrong.
    package let path: BytePath
    /// What is wrong with it: a sentence whose subject is the path.
    package let problem: String
    /// Who stumbles.
    package let reach: Reach
    /// The id of the image that it is a part of, nil for the store as a whole.
    package let image: String?

    /// The problem of a list, or a lock, that is not there. The next conversion makes it again.
    static let missing = "is missing"

    /// A fault.
    package init(_ path: BytePath, _ problem: String, _ reach: Reach, image: String? = nil) {
        self.path = path
        self.problem = problem
        self.reach = reach
        self.image = image
    }

    /// For a person: where, what is wrong, and what follows from it.
    package var description: String { "\(path.absolute) \(sentence)" }

    /// What is wrong, and what follows from it: a sentence whose subject is the path.
    package var sentence: String {
        let consequence =
            switch reach {
            case .image: "podman does not run the image as it is"
            case .listing: "podman does not run the image, and `podman images` fails"
            case .store: "podman refuses the whole store"
            }
        let step = problem == Self.missing ? " until the next conversion of an image for podman makes it again" : ""
        return "\(problem): \(consequence)\(step)"
    }
}
