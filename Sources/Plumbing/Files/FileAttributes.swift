/// Whose a file is, who may do what with it, and since when it is as it is.
package struct FileAttributes: Sendable, Hashable {
    /// Permissions with setuid, setgid and sticky bit: 07777.
    package var mode: UInt16
    /// The owner.
    package var uid: UInt32
    /// The group.
    package var gid: UInt32
    /// The time of the last change, in seconds since 1970, rounded down.
    package var mtime: Int64
    /// What is to be added to `mtime`: 0 to 999,999,999.
    package var mtimeNanoseconds: Int32
    /// Sorted by the bytes of their names, each name once.
    package var xattrs: [ExtendedAttribute]

    /// Those that a directory gets of which an archive says nothing, where they are left out.
    package init(
        mode: UInt16 = 0o755,
        uid: UInt32 = 0,
        gid: UInt32 = 0,
        mtime: Int64 = 0,
        mtimeNanoseconds: Int32 = 0,
        xattrs: [ExtendedAttribute] = []
    ) {
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.mtime = mtime
        self.mtimeNanoseconds = mtimeNanoseconds
        self.xattrs = xattrs
    }
}
