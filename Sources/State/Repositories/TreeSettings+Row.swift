import GRDB
import Plumbing

extension TreeSettings {
    /// The settings of a repository's row. Throws `invalidValue` for what a newer version wrote.
    init(row: Row, of fqrn: String) throws {
        let names: String? = try row.optional("tree_names")
        let modes: String? = try row.optional("tree_modes")
        let mountPoints: String? = try row.optional("mount_points")
        let keepsSetuid: Bool? = try row.optional("keeps_setuid")
        func known<Value>(_ read: () throws -> Value?, _ what: String, _ stored: String) throws -> Value {
            // The error of a value that is typed says what to type, which is no use here.
            guard let value = try? read() else {
                throw StateError.invalidValue(
                    "repository \(Printable.text(fqrn)) has \(what) that this version does not know "
                        + "(\(Printable.text(stored))): use a newer version of Wafer"
                )
            }
            return value
        }
        self.init()
        if let names { self.names = try known({ try NameTemplate(checking: names).text }, "names of images", names) }
        if let modes { self.modes = try known({ Modes(rawValue: modes) }, "modes of trees", modes) }
        if let mountPoints {
            self.mountPoints = try known(
                { try MountPoints.checked(mountPoints.split(separator: "\n").map(String.init)) },
                "mount points",
                mountPoints
            )
        }
        if let keepsSetuid { self.keepsSetuid = keepsSetuid }
    }

    /// The columns of these settings, NULL for what is a default: `tree_names`, `tree_modes`, `mount_points`,
    /// `keeps_setuid`. Throws `invalidValue` for what cannot be.
    func columns() throws -> StatementArguments {
        let standard = TreeSettings()
        let names = try NameTemplate(checking: names).text
        let mountPoints = try MountPoints.checked(mountPoints)
        return [
            names == standard.names ? nil : names,
            modes == standard.modes ? nil : modes.rawValue,
            // No path has a line break.
            mountPoints.isEmpty ? nil : mountPoints.joined(separator: "\n"),
            keepsSetuid == standard.keepsSetuid ? nil : keepsSetuid,
        ]
    }
}
