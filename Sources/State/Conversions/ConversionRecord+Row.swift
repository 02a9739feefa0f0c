import Foundation
import GRDB

extension ConversionRecord {
    init(row: Row) throws {
        guard let outcome = ConversionOutcome(rawValue: try row.value("outcome")) else {
            throw UnreadableValue.error("outcome")
        }
        let revision: Int64? = try row.optional("revision")
        let publishedAt: Date? = try row.optional("published_at")
        let transactions: Int64? = try row.optional("transactions")
        let losses: String? = try row.optional("losses")
        // What was pushed by another name is not where it is wanted now.
        let pushedImage: Int64? = try row.optional("pushed_image")
        let wantedImage: Int64? = try row.optional("output_image")
        let thinDigest: String? = pushedImage == wantedImage ? try row.optional("thin_digest") : nil
        let pushedAt: Date? = try row.optional("pushed_at")
        id = try row.value("id")
        desiderata = try row.value("desiderata")
        self.outcome = outcome
        startedAt = try row.optional("started_at")
        finishedAt = try row.optional("finished_at")
        referenceDigest = try row.optional("reference_digest")
        manifestDigest = try row.optional("manifest_digest")
        platform = try row.optional("platform")
        configDigest = try row.optional("config_digest")
        published = revision.flatMap { revision in
            publishedAt.map { Publication(revision: revision, at: $0, transactions: transactions, losses: losses) }
        }
        pushed = thinDigest.flatMap { digest in pushedAt.map { Push(thinDigest: digest, at: $0) } }
        error = try row.optional("error")
        var traffic = Traffic(
            bytesNew: try row.value("bytes_new"),
            bytesKnown: try row.value("bytes_known"),
            layersNew: try row.value("layers_new"),
            layersKnown: try row.value("layers_known")
        )
        traffic.bytesStored = try row.value("bytes_stored")
        self.traffic = traffic
    }
}
