import CVMFS
import Layers
import Plumbing
import StockServer
import Synchronization

/// Root file systems on their way through `cvmfs_server`.
extension ServerSession {
    func assemble(_ tree: TreePlan) async throws -> AssembledTree {
        try await onDedicatedThread("tree \(tree.root.name.prefix(12))") { [self] in
            let roots = tree.layers.map(RepositoryLayout.layerRoot)
            let spooled = state.withLock { $0.layers }
            let records = tree.layers.map(RepositoryLayout.layerRecord)
            let (reader, files) = (reader, try reader.contents(roots.map(RepositoryLayout.layerBase) + records))
            var bases: [BytePath: LayerBaseRecord] = [:]
            var notes: [String: Int] = [:]
            for (root, record) in zip(roots, records) {
                if let layer = spooled.last(where: { $0.root == root }) {
                    bases[root] = LayerBaseRecord(layer.recordedBase, over: [])
                    continue
                }
                bases[root] = try files[RepositoryLayout.layerBase(at: root)].map(LayerBaseRecord.decode)
                let losses = try files[record].map(LayerRecord.decode)?.losses ?? [:]
                notes.merge(AssembledTree.unknown(losses, bases[root])) { $0 + $1 }
            }
            let made = try SpooledTree(tree) { [bases] in
                roots.map { root in
                    let layer = spooled.last { $0.root == root }.map(ServerLayer.init)
                    return ServerTreeLayer(layer ?? ServerLayer(at: root, in: reader), base: bases[root])
                }
            }
            state.withLock { $0.trees.append(made) }
            return AssembledTree(
                entries: made.entries,
                size: made.size,
                notes: notes.merging(made.notes) { $0 + $1 },
                merging: made.merging
            )
        }
    }

    /// The trees that are not in the repository as they are: what is there would have to be removed first.
    func changed(_ trees: [SpooledTree]) async throws -> [SpooledTree] {
        try await read { reader in
            try trees.filter { tree in
                guard try reader.exists(tree.root) else { return true }
                let (made, there) = (try tree.fingerprint(), try reader.fingerprint(tree.root))
                return made.ordinary.content != there.ordinary.content || made.special.content != there.special.content
            }
        }
    }
}
