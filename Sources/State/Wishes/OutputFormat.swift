import Plumbing

/// What is to be made of an image, by its name in the database and on the command line.
package enum OutputFormat: Sendable, Hashable, CustomStringConvertible {
    /// Its layers, in the CVMFS repository: every other output names them.
    case layers
    /// Its root file system in the CVMFS repository: one tree, by the image's name.
    case flat
    /// Its place in the additional image store of podman, in the CVMFS repository.
    case podman
    /// A thin image, at its registry.
    case thin
    /// One that only a newer version makes: kept and shown as it is.
    case other(String)

    /// Those that this version makes.
    package static let known: [OutputFormat] = [.layers, .flat, .podman, .thin]

    /// The format of a name.
    package init(name: String) {
        self = Self.known.first { $0.name == name } ?? .other(name)
    }

    /// `layers`, `flat` …
    package var name: String {
        switch self {
        case .layers: "layers"
        case .flat: "flat"
        case .podman: "podman"
        case .thin: "thin"
        case .other(let name): name
        }
    }

    /// The name, safe to print.
    package var description: String { Printable.text(name) }
}
