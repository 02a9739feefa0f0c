package import CVMFS

/// What a revision has at a path.
package struct RevisionEntry: Sendable, Equatable {
    /// `st_mode`, with the type bits.
    package let mode: UInt32
    /// Seconds since 1970.
    package let modified: Int64
    /// Of a symbolic link; empty for everything else.
    package let target: [UInt8]

    /// The type; nil for a mode that names none.
    package var type: FileType? { FileType(mode: mode) }

    /// Whether it is as an edit's attributes ask for, as far as these can be kept: files and links belong to the
    /// repository's owner.
    package func agrees(with attributes: TreeEdit.Attributes) -> Bool {
        let permissions = type == .symlink ? nil : attributes.permissions
        return permissions.map { UInt32($0 & 0o7777) == mode & 0o7777 } ?? true
            && attributes.modified.map { $0 == modified } ?? true
    }
}
