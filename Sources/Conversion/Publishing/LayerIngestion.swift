import CVMFS
import Layers
import Plumbing

/// Turns the compressed bytes of one layer into objects and a catalog. Runs on a dedicated thread.
struct LayerIngestion {
    let preparation: Preparation
    let limits: LayerLimits
    let catalogLimits: CatalogLimits

    /// What the format cannot hold or must not be told by an image (docs/decisions/021-only-wafer-writes-marks.md).
    static let policy = LayerPolicy(
        markerNames: CatalogEntry.markerNames,
        attributeLength: ExtendedAttributes.limit
    )

    func run(
        _ expectation: LayerExpectation?,
        at root: BytePath,
        from pipe: BytePipe
    ) throws -> (catalog: PreparedCatalog, result: IngestedLayer) {
        let reader = try LayerReader(expecting: expectation, limits: limits, policy: Self.policy) {
            try pipe.read()
        }
        let batch = ContentBatch()
        var tree = LayerTree<PendingContent>(limits: limits)
        while let entry = try reader.next() {
            try tree.add(entry, content: try store(entry, from: reader, in: batch))
        }
        let summary = try reader.summary
        let nodes = try tree.finish()
        try batch.wait()
        let entries = try nodes.map { node in
            try node.row(content: try node.content?.stored())
        }
        let catalog = try preparation.catalog(of: entries, at: root, limits: catalogLimits)
        let result = IngestedLayer(summary: summary, entries: entries.count, content: batch.statistics)
        return (catalog, result)
    }

    private func store(
        _ entry: LayerEntry,
        from reader: LayerReader,
        in batch: ContentBatch
    ) throws -> PendingContent? {
        guard case .node(.file(let size)) = entry.kind else { return nil }
        let writer = preparation.content.begin(size: size, in: batch)
        try reader.readContent(writer.append)
        return try writer.finish()
    }
}
