import Plumbing

/// Turns the names of a tar archive into paths below the layer's root.
enum EntryPath {
    /// The path that a member's name or a hard link's target stands for, and whether it had `..` in it.
    ///
    /// A leading slash and `.` do not count; `..` takes the component before it away, and at the root nothing: names are
    /// cleaned and clamped as Docker and containerd do. Throws ``LayerError`` in the name of `entry`.
    static func normalise(
        _ name: [UInt8],
        limits: LayerLimits,
        entry: [UInt8]
    ) throws -> (path: BytePath, hadParents: Bool) {
        guard name.count <= limits.pathLength else {
            throw LayerError(.overLimit(.pathLength, limit: Int64(limits.pathLength)), entry: entry)
        }
        var components: [ArraySlice<UInt8>] = []
        var hadParents = false
        let dot = UInt8(ascii: ".")
        for component in name.split(separator: UInt8(ascii: "/")) {
            if component.count == 1, component.first == dot { continue }
            if component.count == 2, component.first == dot, component.last == dot {
                hadParents = true
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        guard components.count <= limits.depth else {
            throw LayerError(.overLimit(.depth, limit: Int64(limits.depth)), entry: entry)
        }
        guard components.allSatisfy({ $0.count <= LayerLimits.nameLength }) else {
            throw LayerError(.refused("a file name has more than \(LayerLimits.nameLength) bytes"), entry: entry)
        }
        // The only thing left that a component cannot be.
        guard let path = BytePath(components: components) else {
            throw LayerError(.refused("a name holds a NUL byte"), entry: entry)
        }
        return (path, hadParents)
    }
}
