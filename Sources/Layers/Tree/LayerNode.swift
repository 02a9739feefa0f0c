package import Plumbing

/// One file of a layer as its members together say it.
package struct LayerNode<Content: Sendable>: Sendable {
    /// What it is.
    package enum Kind: Sendable {
        /// An opaque directory hides what the layers below have in it.
        case directory(opaque: Bool)
        /// Size in bytes, and what the caller knows the content by.
        case file(size: Int64, content: Content)
        /// The target as stored.
        case symlink(target: [UInt8])
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        /// This name is deleted from the layers below.
        case whiteout
    }

    /// Where it lies, from the layer's root.
    package let path: BytePath
    /// What it is.
    package let kind: Kind
    /// Permissions with setuid, setgid and sticky bit.
    package let mode: UInt16
    /// The owner.
    package let uid: UInt32
    /// The group.
    package let gid: UInt32
    /// Seconds since 1970, rounded down.
    package let mtime: Int64
    /// 0 to 999,999,999.
    package let mtimeNanoseconds: Int32
    /// Sorted by name.
    package let xattrs: [ExtendedAttribute]
    /// The same number for the names of one file within one directory, from 1 in path order; 0 for a name that has the
    /// file to itself there. Names in other directories are files of their own (docs/cvmfs-format.md §3.6).
    package let linkGroup: Int
    /// How many names the group has; 1 outside groups.
    package let linkCount: Int
}
