package import Foundation
import GRDB

/// What each step did is recorded when it is done, in this order: the input that was found, the layers published, the thin
/// image pushed, the end. A conversion whose layers were published by an earlier one, whose push failed, records that
/// revision again and pushes only.
extension ConversionHistory {
    /// Begins a conversion and returns its number. Call it under a claim on the desiderata.
    ///
    /// One that an earlier process left running becomes `interrupted`. Throws `unknownDesiderata`.
    package func startConversion(of desiderata: Int64, at now: Date) async throws -> Int64 {
        try await connection.write(.untilNextDurableWrite) { db in
            try WishStore.require(desiderata, db)
            try ConversionHistory.interruptRunning(of: desiderata, db)
            try db.run(
                "INSERT INTO conversion (desiderata, outcome, started_at) VALUES (?, 'running', ?)",
                [desiderata, now]
            )
            return db.lastInsertedRowID
        }
    }

    /// Marks what an earlier process left running.
    static func interruptRunning(of desiderata: Int64, _ db: Database) throws {
        try db.run(
            """
            UPDATE conversion SET outcome = 'interrupted', error = 'its process ended before the conversion did'
            WHERE desiderata = ? AND outcome = 'running'
            """,
            [desiderata]
        )
    }

    /// Records what the input's reference resolved to.
    package func recordInput(_ input: ConversionInput, conversion: Int64) async throws {
        try await update(
            conversion,
            "reference_digest = ?, manifest_digest = ?, platform = ?, config_digest = ?",
            [input.referenceDigest, input.manifestDigest, input.platform, input.configDigest],
            .untilNextDurableWrite
        )
    }

    /// Records what was moved so far.
    package func recordTraffic(_ traffic: Traffic, conversion: Int64) async throws {
        try await update(
            conversion,
            "bytes_new = ?, bytes_known = ?, bytes_stored = ?, layers_new = ?, layers_known = ?",
            [traffic.bytesNew, traffic.bytesKnown, traffic.bytesStored, traffic.layersNew, traffic.layersKnown],
            .untilNextDurableWrite
        )
    }

    /// Records that the layers are in the repository since `revision`, and which ones they are. The input must have been
    /// recorded.
    package func recordPublished(
        _ publication: Publication,
        layers: [ConvertedLayer] = [],
        conversion: Int64
    ) async throws {
        try await connection.write { db in
            try ConversionHistory.update(
                conversion,
                "revision = ?, published_at = ?, transactions = ?, losses = ?",
                [publication.revision, publication.at, publication.transactions, publication.losses],
                db
            )
            guard !layers.isEmpty,
                let row = try db.firstRow("SELECT desiderata FROM conversion WHERE id = ?", [conversion])
            else { return }
            try RecipeStore.note(layers, of: row.value("desiderata"), db)
        }
    }

    /// Records which layers a desiderata has that was published before that was recorded.
    package func recordLayers(_ layers: [ConvertedLayer], of desiderata: Int64) async throws {
        try await connection.write { db in
            guard try db.firstRow("SELECT 1 FROM desiderata WHERE id = ?", [desiderata]) != nil else { return }
            try RecipeStore.note(layers, of: desiderata, db)
        }
    }

    /// The same of one that Wafer itself wrote.
    package func recordPublished(revision: Int64, conversion: Int64, at now: Date) async throws {
        try await recordPublished(Publication(revision: revision, at: now), conversion: conversion)
    }

    /// Records that the thin image is at its registry, as `thinDigest` and by the name that its desiderata has. The
    /// publication must have been recorded.
    package func recordPushed(thinDigest: String, conversion: Int64, at now: Date) async throws {
        try await update(
            conversion,
            """
            thin_digest = ?, pushed_at = ?,
            pushed_image = (SELECT output_image FROM desiderata WHERE id = conversion.desiderata)
            """,
            [thinDigest, now]
        )
    }

    /// Ends a conversion: well, if there is no error, and then it must have been published, and pushed where its
    /// desiderata wants a thin image.
    package func finishConversion(_ conversion: Int64, error: String? = nil, at now: Date) async throws {
        let reason = error.map { $0.isEmpty ? "no reason was given" : $0 }
        // That it was published, or pushed, is safe already.
        try await connection.write(.untilNextDurableWrite) { db in
            try ConversionHistory.update(
                conversion,
                "outcome = ?, finished_at = ?, error = ?",
                [(reason == nil ? ConversionOutcome.succeeded : .failed).rawValue, now, reason],
                db
            )
            if reason == nil { try ConversionHistory.expectDone(conversion, db) }
        }
    }

    /// The column that is set once all that a desiderata wants is done.
    static func lastStep(of desiderata: Int64, _ db: Database) throws -> String {
        try WishStore.desiderata(desiderata, db).formats.contains(.thin) ? "thin_digest" : "revision"
    }

    private static func expectDone(_ conversion: Int64, _ db: Database) throws {
        let row = try db.firstRow("SELECT desiderata, thin_digest, revision FROM conversion WHERE id = ?", [conversion])
        guard let row, row.hasValue(try lastStep(of: row.value("desiderata"), db)) else {
            throw StateError.invalidValue(
                "conversion \(conversion) cannot be recorded as succeeded: not all of it is done"
            )
        }
    }

    private static func update(
        _ conversion: Int64,
        _ columns: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws {
        try db.run("UPDATE conversion SET \(columns) WHERE id = ? AND outcome = 'running'", arguments + [conversion])
        guard db.changesCount == 1 else { throw StateError.conversionNotRunning(conversion) }
    }

    private func update(
        _ conversion: Int64,
        _ columns: String,
        _ arguments: StatementArguments,
        _ durability: WriteDurability = .againstPowerFailure
    ) async throws {
        try await connection.write(durability) { db in try ConversionHistory.update(conversion, columns, arguments, db)
        }
    }
}
