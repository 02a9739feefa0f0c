/// A file of an ``InodeTable`` in numbers.
struct InodeRecord: Sendable {
    enum Kind: UInt8 {
        case directory, file, symlink, characterDevice, blockDevice, fifo, socket, pendingLink
    }

    struct Flags: OptionSet {
        let rawValue: UInt8

        static let shared = Flags(rawValue: 1 << 0)
        static let opaque = Flags(rawValue: 1 << 1)
        static let implicit = Flags(rawValue: 1 << 2)
        static let toLeftOut = Flags(rawValue: 1 << 3)
        static let blocked = Flags(rawValue: 1 << 4)
        static let overDeleted = Flags(rawValue: 1 << 5)
    }

    var kind = Kind.directory
    var flags: Flags = []
    var mode: UInt16 = 0
    /// Of a link that waits, the position of what had its name, plus one.
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    var mtimeNanoseconds: Int32 = 0
    /// Of a link that waits, the ``ByteTable/Reference`` of the place below.
    var mtime: Int64 = 0
    /// The position of the extended attributes.
    var xattrs: UInt32 = 0
    /// The position of a file's content, plus one; the depth of a directory; the own directories on the way to a link's target.
    var number: UInt32 = 0
    /// The size of a file, the number of a device, the length of a directory's path, the ``ByteTable/Reference`` of a
    /// link's target.
    var value: Int64 = 0
}
