import ArgumentParser
import State

/// How images become root file systems in a repository.
struct TreeSettingsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where an image's root file system is found: a path with {repository}, {reference} and {registry} in it. "
                + "Default: \(TreeSettings.standardNames).",
            valueName: "template"
        ),
        transform: { try NameTemplate(checking: $0) }
    )
    var names: NameTemplate?

    @Option(
        help: ArgumentHelp(
            "Whether everybody may read what is in root file systems, or whom the image says. Default: readable.",
            valueName: "readable|exact"
        )
    )
    var modes: TreeSettings.Modes?

    @Option(
        name: .customLong("mount-point"),
        help: ArgumentHelp(
            "A directory that is made in root file systems where an image has nothing there; may be repeated.",
            valueName: "path"
        )
    )
    var mountPoints: [String] = []

    @Flag(
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Whether setuid and setgid bits of files stay. Default: they do."
    )
    var setuid: Bool?

    func validate() throws {
        do {
            _ = try MountPoints.checked(mountPoints)
        } catch let error as StateError {
            throw ValidationError("--mount-point: \(error)")
        }
    }

    /// Whether none of them is named.
    var areEmpty: Bool { names == nil && modes == nil && mountPoints.isEmpty && setuid == nil }

    /// Changes what is named.
    func apply(to trees: inout TreeSettings) throws {
        if let names { trees.names = names.text }
        if let modes { trees.modes = modes }
        if !mountPoints.isEmpty { trees.mountPoints = try MountPoints.checked(mountPoints) }
        if let setuid { trees.keepsSetuid = setuid }
    }
}

extension TreeSettings.Modes: ExpressibleByArgument {}
