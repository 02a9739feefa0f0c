import Plumbing

/// What the header blocks of one member say: its own and the extended ones before it.
///
/// Every name of the archive is bytes here.
struct TarHeader {
    /// The type flag of the member's own header.
    let typeFlag: UInt8
    /// The name, not yet normalised.
    let path: [UInt8]
    /// The link target, empty where there is none.
    let link: [UInt8]
    let mode: UInt16
    let uid: UInt32
    let gid: UInt32
    let mtime: Int64
    let mtimeNanoseconds: Int32
    let device: DeviceNumber
    /// The size of the file, holes included.
    let size: Int64
    /// How many bytes of content the archive holds, a sparse map included; 0 for everything but files.
    let storedSize: Int64
    let isSparse: Bool
    /// Extended attributes as the records give them, undecoded ones left out, unsorted.
    let attributes: [ExtendedAttribute]
    /// Whether the member has attributes in a form that is not read.
    let hasForeignAttributes: Bool
    /// Whether the member has access control lists.
    let hasAccessControlList: Bool
    /// Whether records for all members stand before this one.
    let hasGlobalRecords: Bool
    /// Whether a number of it is larger than the kernel takes.
    let hasWrappedNumbers: Bool
    /// What is stored of the file, in order; holes between them.
    let storedPieces: [Range<Int64>]
    /// The bytes of a sparse map in front of the content.
    let mapLength: Int
}

extension TarHeader {
    /// The type flags of POSIX and GNU tar that this program knows.
    enum TypeFlag {
        static let oldFile: UInt8 = 0
        static let file = UInt8(ascii: "0")
        static let hardLink = UInt8(ascii: "1")
        static let symlink = UInt8(ascii: "2")
        static let characterDevice = UInt8(ascii: "3")
        static let blockDevice = UInt8(ascii: "4")
        static let directory = UInt8(ascii: "5")
        static let fifo = UInt8(ascii: "6")
        static let contiguousFile = UInt8(ascii: "7")
        static let oldSparseFile = UInt8(ascii: "S")
        static let extendedHeader = UInt8(ascii: "x")
        /// What Sun's tar wrote before POSIX chose `x`.
        static let sunExtendedHeader = UInt8(ascii: "X")
        static let globalHeader = UInt8(ascii: "g")
        static let longName = UInt8(ascii: "L")
        static let longLink = UInt8(ascii: "K")
        /// GNU: a directory with a list of names as its content (`tar --listed-incremental`).
        static let incrementalDirectory = UInt8(ascii: "D")
        /// GNU: the name of the archive (`tar --label`).
        static let volumeLabel = UInt8(ascii: "V")
    }

    /// Whether the member is a regular file, of any form.
    var isFile: Bool {
        switch typeFlag {
        case TypeFlag.oldFile, TypeFlag.file, TypeFlag.contiguousFile, TypeFlag.oldSparseFile: true
        default: false
        }
    }
}
