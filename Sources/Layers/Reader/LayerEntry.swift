package import Plumbing

/// One member of a layer as its tar archive says it, before anything is known of the others.
package struct LayerEntry: Sendable, Equatable {
    /// What the member is.
    package enum Kind: Sendable, Equatable {
        case directory
        /// The size in bytes, holes included.
        case file(size: Int64)
        /// The target as stored: it need not exist, nor be UTF-8.
        case symlink(target: [UInt8])
        /// The member that it is another name of, from the layer's root.
        case hardLink(target: BytePath)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        /// The path of this name is deleted from the layers below.
        case whiteout
        /// The directory hides what the layers below have in it.
        case opaque
    }

    /// Where it lies, from the layer's root. Of a whiteout: the deleted name. Of an opaque mark: the directory.
    package let path: BytePath
    /// What it is.
    package let kind: Kind
    /// Who it belongs to, and since when it is as it is.
    package let attributes: Attributes

    /// What an archive says of a member beside its kind.
    package struct Attributes: Sendable, Equatable {
        /// Permissions with setuid, setgid and sticky bit: 07777.
        package let mode: UInt16
        /// The owner.
        package let uid: UInt32
        /// The group.
        package let gid: UInt32
        /// The time of the last change, in seconds since 1970, rounded down.
        package let mtime: Int64
        /// What is to be added to `mtime`: 0 to 999,999,999.
        package let mtimeNanoseconds: Int32
        /// Sorted by the bytes of their names, each name once.
        package let xattrs: [ExtendedAttribute]

        /// Those of an implicit directory where they are left out.
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

    /// Makes an entry, with the attributes of an implicit directory where none are given.
    package init(path: BytePath, kind: Kind, _ attributes: Attributes = Attributes()) {
        self.path = path
        self.kind = kind
        self.attributes = attributes
    }
}

extension LayerEntry {
    /// Permissions with setuid, setgid and sticky bit: 07777.
    package var mode: UInt16 { attributes.mode }
    /// The owner.
    package var uid: UInt32 { attributes.uid }
    /// The group.
    package var gid: UInt32 { attributes.gid }
    /// The time of the last change, in seconds since 1970, rounded down.
    package var mtime: Int64 { attributes.mtime }
    /// What is to be added to `mtime`: 0 to 999,999,999.
    package var mtimeNanoseconds: Int32 { attributes.mtimeNanoseconds }
    /// Sorted by the bytes of their names, each name once.
    package var xattrs: [ExtendedAttribute] { attributes.xattrs }
}
