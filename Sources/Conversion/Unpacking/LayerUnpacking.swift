package import Plumbing

/// Goes through what comes of unpacking layers one upon the other into one directory, in path order: the root file system
/// that umoci and containerd's native snapshotter make (docs/layers.md, "Two readings").
///
/// It differs from what ``LayerMerge`` shows where a layer leaves out directories: those that lower layers have keep their
/// attributes, and below a link of a lower layer the way goes where it leads. Every directory of every layer is asked for
/// once, and only those on the way to the last entry are in memory.
package struct LayerUnpacking<Layer: UnpackableLayer> {
    /// A file of the tree.
    package typealias Entry = UnpackedEntry<Layer.Row>

    private let stack: UnpackingStack<Layer>
    private var open: [UnpackedDirectory<Layer>] = []
    private var hasBegun = false
    private var linkGroups: UInt32 = 0

    /// The tree of these layers, bottom to top. Throws the layers' errors.
    package init(_ layers: [Layer]) throws {
        var stack = UnpackingStack(layers)
        for layer in layers.indices { try stack.followLinks(of: layer) }
        self.stack = stack
    }

    /// Directories that stand in the place of a link of a lower layer that leads in a circle.
    package var circles: [BytePath] { stack.circles }

    /// The next file, the root first; nil at the end. Throws the layers' errors.
    package mutating func next() throws -> Entry? {
        guard hasBegun else {
            hasBegun = true
            guard case .directory(let attributes, let parts) = try stack.root(upTo: stack.layers.count - 1) else {
                return nil
            }
            try enter(BytePath(), parts)
            return entry(BytePath(), attributes, parts)
        }
        while let top = open.indices.last {
            guard let shown = open[top].next() else {
                open.removeLast()
                continue
            }
            let path = open[top].path.appending(shown.name)
            switch shown.state {
            case .nothing: continue
            case .file(let name):
                let (group, count) = open[top].links(of: name, &linkGroups)
                return Entry(
                    path: path,
                    row: name.row,
                    isDirectory: false,
                    layer: name.part.layer,
                    origin: name.part.directory ?? BytePath(),
                    linkGroup: group,
                    linkCount: count
                )
            case .directory(let attributes, let parts):
                try enter(path, parts)
                return entry(path, attributes, parts)
            }
        }
        return nil
    }

    private mutating func enter(_ path: BytePath, _ parts: [UnpackingPart]) throws {
        open.append(try UnpackedDirectory(path, parts, in: stack))
    }

    private func entry(_ path: BytePath, _ name: UnpackingName<Layer.Row>?, _ parts: [UnpackingPart]) -> Entry {
        Entry(
            path: path,
            row: name?.row,
            isDirectory: true,
            layer: name?.part.layer ?? parts.first?.layer ?? 0,
            origin: name?.part.directory ?? BytePath(),
            linkGroup: 0,
            linkCount: 1
        )
    }
}
