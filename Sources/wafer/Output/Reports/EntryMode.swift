import CVMFS
import Plumbing

/// The type and permissions of an entry as `ls -l` shows them.
enum EntryMode {
    /// Ten characters, such as `-rwsr-xr-x`.
    static func text(_ entry: CatalogEntry) -> String {
        let mode = entry.mode
        func triple(_ shift: UInt32, _ special: UInt32, _ letter: String) -> String {
            let bits = mode >> shift
            let isSpecial = mode & special != 0
            let execute =
                switch (bits & 1 != 0, isSpecial) {
                case (true, true): letter
                case (false, true): letter.uppercased()
                case (true, false): "x"
                case (false, false): "-"
                }
            return (bits & 4 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + execute
        }
        return letter(entry.type) + triple(6, 0o4000, "s") + triple(3, 0o2000, "s") + triple(0, 0o1000, "t")
    }

    /// The type as a word, for scripts.
    static func word(_ type: FileType?) -> String {
        switch type {
        case .directory: "directory"
        case .regular: "file"
        case .symlink: "symlink"
        case .characterDevice: "character_device"
        case .blockDevice: "block_device"
        case .fifo: "fifo"
        case .socket: "socket"
        case nil: "unknown"
        }
    }

    private static func letter(_ type: FileType?) -> String {
        switch type {
        case .directory: "d"
        case .regular: "-"
        case .symlink: "l"
        case .characterDevice: "c"
        case .blockDevice: "b"
        case .fifo: "p"
        case .socket: "s"
        case nil: "?"
        }
    }
}
