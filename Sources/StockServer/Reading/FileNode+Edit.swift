package import CVMFS
package import Plumbing

extension FileNode {
    /// Whether it is as an edit's attributes ask for, as far as these can be kept: files and links belong to the
    /// repository's owner.
    package func agrees(with wanted: TreeEdit.Attributes) -> Bool {
        let permissions = kind.type == .symlink ? nil : wanted.permissions
        return permissions.map { UInt16($0 & 0o7777) == attributes.mode } ?? true
            && wanted.modified.map { $0 == attributes.mtime } ?? true
    }
}
