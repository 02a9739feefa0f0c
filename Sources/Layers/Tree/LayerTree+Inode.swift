import Plumbing

extension LayerTree {
    /// A file without its names.
    struct Inode {
        typealias ID = Int

        enum Body {
            case directory(Directory)
            /// Everything else; `content` is that of a regular file.
            case leaf(FileNode.Kind, content: Content?)
            /// A hard link to something that was not among the members before it.
            case pendingLink(PendingLink)
        }

        struct PendingLink {
            let target: BytePath
            /// Whether members before it had that name and were left out.
            let isToLeftOut: Bool
            /// What had the link's name, and has it again where nothing comes of the link.
            let replaced: ID?
            /// Where lower layers have the target; nil where the way ended at a file of this layer.
            let below: LowerPlace?
        }

        /// A place of lower layers that a path of this one leads to.
        struct LowerPlace {
            /// The path without the layer's own links.
            let path: BytePath
            /// How many directories on the way, from the root, the layer has itself. At those that it names a lower layer shows
            /// what it has, and not what a link of it leads to.
            let ownDirectories: Int
        }

        struct Directory {
            var isOpaque = false
            /// Whether no member names it.
            var isImplicit: Bool
            let depth: Int
            let pathLength: Int

            init(depth: Int, pathLength: Int, isImplicit: Bool) {
                self.depth = depth
                self.pathLength = pathLength
                self.isImplicit = isImplicit
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
    }
}
