import CVMFS
import Layers
import Plumbing

/// Turns the compressed bytes of one layer into objects and a catalog. Runs on a dedicated thread.
struct LayerIngestion {
    let preparation: Preparation
    let limits: LayerLimits
    let catalogLimits: CatalogLimits
    let hardLinks: HardLinkForm

    /// What the format cannot hold or must not be told by an image (docs/decisions/021-only-wafer-writes-marks.md).
    static let policy = LayerPolicy(
        markerNames: CatalogEntry.markerNames,
        attributeLength: ExtendedAttributes.limit
    )

    /// Reads a layer to its end.
    func read(_ expectation: LayerExpectation?, from pipe: BytePipe) throws -> ReadLayer {
        let reader = try LayerReader(expecting: expectation, limits: limits, policy: Self.policy) {
            try pipe.read()
        }
        let batch = ContentBatch()
        var tree = LayerTree<PendingContent>(limits: limits)
        while let entry = try reader.next() {
            try tree.add(entry, content: try store(entry, from: reader, in: batch))
        }
        return ReadLayer(tree: UnfinishedTree(tree), batch: batch, summary: try reader.summary)
    }

    /// Writes its catalog.
    func finish(
        _ layer: ReadLayer,
        at root: BytePath,
        over lower: some LowerFiles<PendingContent>
    ) throws -> (catalog: PreparedCatalog, result: IngestedLayer) {
        let (batch, summary) = (layer.batch, layer.summary)
        let complete = try layer.tree.finish(over: lower)
        try batch.wait()
        let rows = LayerRows(nodes: complete.nodes, hardLinks: hardLinks)
        let catalog = try preparation.catalog(of: rows, at: root, limits: catalogLimits)
        let result = IngestedLayer(
            summary: summary.adding(complete.notes),
            entries: complete.nodes.count,
            content: batch.statistics,
            losses: LayerLoss.losses(of: complete.nodes, hardLinks),
            base: complete.base
        )
        return (catalog, result)
    }

    private func store(
        _ entry: LayerEntry,
        from reader: LayerReader,
        in batch: ContentBatch
    ) throws -> PendingContent? {
        guard let size = entry.contentSize else { return nil }
        let writer = preparation.content.begin(size: size, in: batch)
        try reader.readContent(writer.append)
        return try writer.finish()
    }
}

/// A layer that was read to its end, and is what it should be.
struct ReadLayer: Sendable {
    let tree: UnfinishedTree<PendingContent>
    let batch: ContentBatch
    let summary: LayerSummary
}
