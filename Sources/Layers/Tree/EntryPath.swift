import Plumbing

/// Turns the names of a tar archive into paths below the layer's root, and refuses those that lead elsewhere.
enum EntryPath {
    /// The path that a member's name or a hard link's target stands for.
    ///
    /// A leading slash and `.` do not count; `..` is refused wherever it stands, even where it would stay inside. Throws
    /// ``LayerError`` in the name of `entry`.
    static func normalise(_ name: [UInt8], limits: LayerLimits, entry: [UInt8]) throws -> BytePath {
        guard !name.isEmpty else { throw LayerError(.refused("it has no name"), entry: entry) }
        guard !name.contains(0) else { throw LayerError(.refused("a name holds a NUL byte"), entry: entry) }
        guard name.count <= limits.pathLength else {
            throw LayerError(.overLimit(.pathLength, limit: Int64(limits.pathLength)), entry: entry)
        }
        let components = name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard components.count <= limits.depth else {
            throw LayerError(.overLimit(.depth, limit: Int64(limits.depth)), entry: entry)
        }
        guard components.allSatisfy({ $0.count <= LayerLimits.nameLength }) else {
            throw LayerError(.refused("a file name has more than \(LayerLimits.nameLength) bytes"), entry: entry)
        }
        // The only thing left that a component cannot be.
        guard let path = BytePath(components: components) else {
            throw LayerError(.refused("\"..\" in a path"), entry: entry)
        }
        return path
    }
}
