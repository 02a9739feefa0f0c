package import State

/// How a tree is made of an image's layers: what its record says, and what makes it another tree.
package struct TreeOptions: Codable, Sendable, Equatable {
    /// Who may read what is in it: ``State/TreeSettings/Modes``.
    let modes: String
    /// Whether setuid and setgid bits of files stay.
    let keepsSetuid: Bool
    /// Whether files and directories say what they are in the image, for podman of unprivileged users.
    private(set) var hasOverrideStat: Bool
    /// Directories that were made where the image has nothing, beside the usual ones.
    let mountPoints: [String]
    /// The version of the rules by which trees are made.
    let form: Int

    /// What this version makes.
    static let currentForm = 1

    enum CodingKeys: String, CodingKey {
        case modes
        case keepsSetuid = "keeps_setuid"
        case hasOverrideStat = "override_stat"
        case mountPoints = "mount_points"
        case form
    }

    /// As a repository wants it. The true owners and modes are told where podman shall read the tree and modes are relaxed.
    package init(_ settings: TreeSettings, forPodman: Bool) {
        modes = settings.modes.rawValue
        keepsSetuid = settings.keepsSetuid
        hasOverrideStat = forPodman && settings.modes == .readable
        mountPoints = settings.mountPoints.sorted()
        form = Self.currentForm
    }

    /// Whether a tree that was made so is one for these: it may say more than is wanted.
    func isServed(by made: TreeOptions) -> Bool {
        var more = self
        more.hasOverrideStat = true
        return self == made || more == made
    }

    /// The same for a tree that is made anew in place of one for podman. Another desiderata may want it so, and would make it
    /// once more.
    func sayingNoLess(than made: TreeOptions?) -> TreeOptions {
        var options = self
        options.hasOverrideStat = hasOverrideStat || areModesRelaxed && made?.hasOverrideStat == true
        return options
    }

    var areModesRelaxed: Bool { modes != TreeSettings.Modes.exact.rawValue }
}
