import Plumbing

extension LayerTree {
    /// A file without its names.
    struct Inode {
        typealias ID = Int

        enum Body {
            case directory(Directory)
            case file(size: Int64, content: Content)
            case symlink(target: [UInt8])
            case characterDevice(major: UInt32, minor: UInt32)
            case blockDevice(major: UInt32, minor: UInt32)
            case fifo
            /// A hard link to a member that was not there yet.
            case pendingLink(target: BytePath)
        }

        struct Directory {
            var isOpaque = false
            let depth: Int
            let pathLength: Int

            init(depth: Int, pathLength: Int) {
                self.depth = depth
                self.pathLength = pathLength
            }
        }

        struct Metadata {
            let mode: UInt16
            let uid: UInt32
            let gid: UInt32
            let mtime: Int64
            let mtimeNanoseconds: Int32
            let xattrs: [ExtendedAttribute]

            init(_ entry: LayerEntry) {
                mode = entry.mode
                uid = entry.uid
                gid = entry.gid
                mtime = entry.mtime
                mtimeNanoseconds = entry.mtimeNanoseconds
                xattrs = entry.xattrs
            }

            /// Of a directory that no member names.
            static var implicitDirectory: Metadata {
                Metadata(LayerEntry(path: BytePath(), kind: .directory))
            }

            static var whiteout: Metadata {
                Metadata(LayerEntry(path: BytePath(), kind: .whiteout, LayerEntry.Attributes(mode: 0)))
            }
        }

        var body: Body
        var metadata: Metadata
        /// Whether a second name was given to it.
        var isShared = false

        init(body: Body, metadata: Metadata) {
            self.body = body
            self.metadata = metadata
        }

        var isDirectory: Bool {
            if case .directory = body { true } else { false }
        }

        mutating func makeOpaque() {
            guard case .directory(var directory) = body else { return }
            directory.isOpaque = true
            body = .directory(directory)
        }
    }
}
