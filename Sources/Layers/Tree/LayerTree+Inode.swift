import Plumbing

extension LayerTree {
    /// A file without its names.
    struct Inode {
        typealias ID = Int

        enum Body {
            case directory(Directory)
            /// Everything else; `content` is that of a regular file.
            case leaf(FileNode.Kind, content: Content?)
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

        var body: Body
        var attributes: FileAttributes
        /// Whether a second name was given to it.
        var isShared = false

        init(body: Body, attributes: FileAttributes) {
            self.body = body
            self.attributes = attributes
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
