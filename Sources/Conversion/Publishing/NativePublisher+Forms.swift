package import CVMFS
import Plumbing

/// Bringing what is published into the forms that a repository has chosen.
extension NativePublisher {
    /// Brings every catalog into these forms, and notes beside each layer how many of its names became files of their own,
    /// all in one revision; nil leaves things as they are. Nothing to change is no revision.
    package func rewrite(
        hardLinks: HardLinkForm?,
        markers: MarkerForm?
    ) async throws -> (rows: RewrittenRows, outcome: CommitOutcome) {
        try await writing("rewrite") { context in
            var rows: RewrittenRows?
            let outcome = try repository.edit(context) { transaction in
                let changed = try transaction.rewrite(hardLinks: hardLinks, markers: markers)
                try Self.note(changed.splitNames, in: transaction)
                rows = changed
            }
            guard let rows else { throw ConversionError("\(fqrn) was not looked at: run the command again") }
            return (rows, outcome)
        }
    }

    /// Adds to the records of layers what was split in their catalogs. What other tools published has no record.
    private static func note(_ splitNames: [BytePath: Int], in transaction: Transaction) throws {
        var counts: [BytePath: Int] = [:]
        for (catalog, count) in splitNames {
            if let layer = RepositoryLayout.layer(above: catalog) { counts[layer, default: 0] += count }
        }
        for (layer, count) in counts.sorted(by: { $0.key < $1.key }) {
            let path = RepositoryLayout.record(of: layer)
            guard let bytes = try transaction.tree.readFile(path) else { continue }
            // Names that had come apart before may be among them: at least so many are files of their own.
            let record = try LayerRecord.decode(bytes).adding([LayerLoss.hardLinks.rawValue: count])
            try transaction.writeFile(path, try record.encoded())
        }
    }
}
