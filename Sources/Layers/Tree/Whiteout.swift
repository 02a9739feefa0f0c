import Plumbing

/// A name that speaks of the layers below instead of naming a file (OCI image specification, "Layer" § Whiteouts).
enum Whiteout: Equatable {
    /// `.wh.NAME`: this path is gone.
    case deletion(BytePath)
    /// `.wh..wh..opq`: the directory shows nothing of what the layers below have in it.
    case opaque(BytePath)
    /// `.wh..wh.` and anything else, alone or on the way: the bookkeeping of aufs.
    case bookkeeping
    /// `.wh.` alone, and `.wh..` and `.wh...`, which delete nothing that one could name.
    case stray

    private static let prefix = Array(".wh.".utf8)
    private static let metaPrefix = Array(".wh..wh.".utf8)
    private static let linkFolder = Array(".wh..wh.plnk/".utf8)
    private static let opaqueName = Array(".wh..wh..opq".utf8)

    /// Reads a path, nil for an ordinary one.
    init?(_ path: BytePath) {
        guard Self.hasReservedName(path.bytes) else { return nil }
        let components = path.components
        // On the way only those of aufs mean something: `.wh.NAME/x` lies in a directory of that odd name, for all unpackers.
        if components.dropLast().contains(where: { $0.starts(with: Self.metaPrefix) }) {
            self = .bookkeeping
            return
        }
        guard let name = components.last, let parent = path.parent, name.starts(with: Self.prefix) else { return nil }
        let deleted = Array(name.dropFirst(Self.prefix.count))
        if name == Self.opaqueName {
            self = .opaque(parent)
        } else if name.starts(with: Self.metaPrefix) {
            self = .bookkeeping
        } else if BytePath.isName(deleted) {
            self = .deletion(parent.appending(deleted))
        } else {
            self = .stray
        }
    }

    /// Whether aufs keeps a file with several names there, which are hard links to it.
    static func isLinkTarget(_ path: BytePath) -> Bool { path.bytes.starts(with: linkFolder) }

    /// The name that deletes a path; nothing can delete the root.
    static func deletionMark(_ path: BytePath) -> [UInt8] {
        (path.parent ?? path).appending(prefix + path.name).bytes
    }

    /// The name that makes a directory opaque.
    static func opaqueMark(_ path: BytePath) -> [UInt8] {
        path.appending(opaqueName).bytes
    }

    /// Whether some component begins with the prefix: almost no path has one, so this saves taking paths apart.
    private static func hasReservedName(_ bytes: [UInt8]) -> Bool {
        var isStart = true
        for (index, byte) in bytes.enumerated() {
            if isStart, byte == prefix[0], bytes[index...].starts(with: prefix) { return true }
            isStart = byte == UInt8(ascii: "/")
        }
        return false
    }
}
