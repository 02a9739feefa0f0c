import Plumbing

/// What is to be made of an image, by its name in the database and on the command line.
package enum OutputFormat: Sendable, Hashable, CustomStringConvertible {
    /// Its layers, in the CVMFS repository: every other output names them.
    case layers
    /// A thin image, at its registry.
    case thin
    /// One that only a newer version makes: kept and shown as it is.
    case other(String)

    /// Those that this version makes.
    package static let known: [OutputFormat] = [.layers, .thin]

    /// The format of a name.
    package init(name: String) {
        self = Self.known.first { $0.name == name } ?? .other(name)
    }

    /// `layers`, `thin` …
    package var name: String {
        switch self {
        case .layers: "layers"
        case .thin: "thin"
        case .other(let name): name
        }
    }

    /// The name, safe to print.
    package var description: String { Printable.text(name) }
}
