/// How images become root file systems in a repository.
package struct TreeSettings: Sendable, Hashable {
    /// Who may read what is in a tree.
    package enum Modes: String, Sendable, CaseIterable {
        /// Everybody: what an unprivileged reader may not read it cannot use, and all is public over HTTP.
        case readable
        /// Whom the image says.
        case exact
    }

    /// The name of an image where nothing else was said.
    package static let standardNames = "{registry}/{repository}:{reference}"

    /// The path of an image's name, with `{registry}`, `{repository}` and `{reference}` in it.
    package var names: String
    /// Who may read.
    package var modes: Modes
    /// Directories, beside the usual ones, that are made where an image has nothing: absolute paths.
    package var mountPoints: [String]
    /// Whether setuid and setgid bits of files stay.
    package var keepsSetuid: Bool

    /// Settings; those that are not named are the defaults.
    package init(
        names: String = standardNames,
        modes: Modes = .readable,
        mountPoints: [String] = [],
        keepsSetuid: Bool = true
    ) {
        self.names = names
        self.modes = modes
        self.mountPoints = mountPoints
        self.keepsSetuid = keepsSetuid
    }
}
