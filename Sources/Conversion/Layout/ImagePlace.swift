package import OCI
import Plumbing

/// Which of the images that one name stands for an image is.
package enum ImagePlace: Sendable, Equatable {
    /// The one there is: only one platform is wanted.
    case only
    /// The first of several platforms: what can name one image only names this.
    case first(Platform)
    /// Another one of them.
    case further(Platform)

    /// The places of images that are wanted together.
    static func places(_ platforms: [Platform]) -> [ImagePlace] {
        if platforms.count < 2 { return platforms.map { _ in .only } }
        return platforms.enumerated().map { $0.offset == 0 ? .first($0.element) : .further($0.element) }
    }

    /// The platform, where there are several.
    package var platform: Platform? {
        switch self {
        case .only: nil
        case .first(let platform), .further(let platform): platform
        }
    }

    /// Whether what can name one image only names this.
    var isFirst: Bool { if case .further = self { false } else { true } }
}

extension Platform {
    /// What a repository's directories call it: `amd64`, `arm:v7`. Only Linux runs images from a repository.
    var directory: String {
        let form = os == "linux" ? architecture : "\(os):\(architecture)"
        // What a missing one stands for is not said.
        let isUsual = (architecture, variant) == ("arm64", "v8") || (architecture, variant) == ("amd64", "v1")
        return [form, isUsual ? nil : variant].compactMap(\.self).joined(separator: ":")
    }
}
