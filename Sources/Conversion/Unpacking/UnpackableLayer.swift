import Layers
package import Plumbing

/// A layer as ``LayerUnpacking`` reads it: its rows as they are stored. Paths begin at its root; no link is followed.
package protocol UnpackableLayer {
    /// What the caller knows a file by. Nobody here looks into it.
    associatedtype Row

    /// The row at a path, deletions included; nil where the layer has none.
    func row(at path: BytePath) throws -> UnpackableRow<Row>?

    /// The rows of a directory by the bytes of their names, each once; none where the layer has no such directory.
    func rows(in directory: BytePath) throws -> [UnpackableRow<Row>]

    /// How the layer came to a directory that it has.
    func naming(of directory: BytePath) throws -> DirectoryNaming

    /// The directories that no member names, in path order; those that may have been left out count as named.
    var implicitDirectories: [BytePath] { get }

    /// Whether it deletes all that lower layers have in the root: no attribute can say so there.
    var hidesRoot: Bool { get }

    /// Whether it gives way: what others have stays, be it a file in the place of its directory.
    var givesWay: Bool { get }
}

extension UnpackableLayer {
    /// The layers of an image do not.
    package var givesWay: Bool { false }
}

/// How a layer came to have a directory.
package enum DirectoryNaming: Sendable {
    /// A member is this directory.
    case named
    /// Only members below it name it on their way.
    case implicit
    /// The same, and the layer deletes what lower ones have there.
    case implicitOverDeleted
}

/// A row of a layer, as far as it decides what becomes of others.
package struct UnpackableRow<Row> {
    /// What a row is.
    package enum Kind: Sendable, Equatable {
        /// `isOpaque` where it hides what lower layers have in it.
        case directory(isOpaque: Bool)
        /// The target as stored.
        case symlink([UInt8])
        /// A file, device, FIFO or socket.
        case other
        /// The deletion of a name of lower layers.
        case whiteout

        /// What a file of a layer is.
        package init(_ file: FileNode, isOpaque: Bool = false) {
            self =
                switch file.kind {
                case .directory: .directory(isOpaque: isOpaque)
                case .symlink(let target): .symlink(target)
                case .file, .blockDevice, .fifo, .socket, .characterDevice: file.isWhiteout ? .whiteout : .other
                }
        }
    }

    /// The last component of its path.
    package let name: [UInt8]
    /// What it is.
    package let kind: Kind
    /// The same number for the names of one file in one directory of the layer; 0 for a name that has the file to itself.
    package let linkGroup: UInt32
    /// What the caller knows it by.
    package let row: Row

    /// A row.
    package init(name: [UInt8], kind: Kind, linkGroup: UInt32 = 0, row: Row) {
        self.name = name
        self.kind = kind
        self.linkGroup = linkGroup
        self.row = row
    }
}
