import Plumbing

/// The permissions of files in a tree.
struct TreeModes {
    private let options: TreeOptions

    init(_ options: TreeOptions) {
        self.options = options
    }

    /// Those of the image that are kept: without setuid and setgid bits where the repository wants none.
    func kept(_ mode: UInt16, isFile: Bool) -> UInt16 {
        isFile && !options.keepsSetuid ? mode & ~0o6000 : mode
    }

    /// What everybody may read: for all, since who is of a file's group is denied by the group's bits. Directories can be
    /// searched, and what anybody may run anybody may.
    func relaxed(_ mode: UInt16, isDirectory: Bool) -> UInt16 {
        guard options.areModesRelaxed else { return mode }
        return mode | (isDirectory || mode & 0o111 != 0 ? 0o555 : 0o444)
    }

    /// The permissions of a file in the tree. Links, devices and FIFOs keep theirs.
    func mode(_ file: FileNode) -> UInt16 {
        let mode = file.attributes.mode
        switch file.kind {
        case .directory: return relaxed(mode, isDirectory: true)
        case .file: return relaxed(kept(mode, isFile: true), isDirectory: false)
        case .symlink, .characterDevice, .blockDevice, .fifo, .socket: return mode
        }
    }
}
