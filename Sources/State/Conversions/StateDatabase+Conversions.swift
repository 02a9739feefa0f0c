package import Foundation
import GRDB

/// The history of conversions. What each step did is recorded when it is done, in this order: the input that was
/// found, the layers published, the thin image pushed, the end. A conversion whose layers were published by an earlier
/// one, whose push failed, records that revision again and pushes only.
extension StateDatabase {
    /// Begins a conversion and returns its number. Call it under a claim on the desiderata.
    ///
    /// One that an earlier process left running becomes `interrupted`. Throws `unknownDesiderata`.
    package func startConversion(of desiderata: Int64, at now: Date) async throws -> Int64 {
        try await write { db in
            _ = try StateDatabase.desiderata(desiderata, db)
            try StateDatabase.interruptRunning(of: desiderata, db)
            try db.execute(
                sql: "INSERT INTO conversion (desiderata, outcome, started_at) VALUES (?, 'running', ?)",
                arguments: [desiderata, now]
            )
            return db.lastInsertedRowID
        }
    }

    /// Marks what an earlier process left running.
    static func interruptRunning(of desiderata: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE conversion SET outcome = 'interrupted', error = 'its process ended before the conversion did'
                WHERE desiderata = ? AND outcome = 'running'
                """,
            arguments: [desiderata]
        )
    }

    /// Records what the input's reference resolved to.
    package func recordInput(_ input: ConversionInput, conversion: Int64) async throws {
        try await update(
            conversion,
            "reference_digest = ?, manifest_digest = ?, platform = ?, config_digest = ?",
            [input.referenceDigest, input.manifestDigest, input.platform, input.configDigest]
        )
    }

    /// Records what was moved so far.
    package func recordTraffic(_ traffic: Traffic, conversion: Int64) async throws {
        try await update(
            conversion,
            "bytes_new = ?, bytes_known = ?, layers_new = ?, layers_known = ?",
            [traffic.bytesNew, traffic.bytesKnown, traffic.layersNew, traffic.layersKnown]
        )
    }

    /// Records that the layers are in the repository since `revision`. The input must have been recorded.
    package func recordPublished(_ publication: Publication, conversion: Int64) async throws {
        try await update(
            conversion,
            "revision = ?, published_at = ?, transactions = ?, losses = ?",
            [publication.revision, publication.at, publication.transactions, publication.losses]
        )
    }

    /// The same of one that Wafer itself wrote.
    package func recordPublished(revision: Int64, conversion: Int64, at now: Date) async throws {
        try await recordPublished(Publication(revision: revision, at: now), conversion: conversion)
    }

    /// Records that the thin image is at its registry, as `thinDigest`. The publication must have been recorded.
    package func recordPushed(thinDigest: String, conversion: Int64, at now: Date) async throws {
        try await update(conversion, "thin_digest = ?, pushed_at = ?", [thinDigest, now])
    }

    /// Ends a conversion: well, if there is no error, and then it must have been published, and pushed where its
    /// desiderata wants a thin image.
    package func finishConversion(_ conversion: Int64, error: String? = nil, at now: Date) async throws {
        let reason = error.map { $0.isEmpty ? "no reason was given" : $0 }
        try await write { db in
            try StateDatabase.update(
                conversion,
                "outcome = ?, finished_at = ?, error = ?",
                [(reason == nil ? ConversionOutcome.succeeded : .failed).rawValue, now, reason],
                db
            )
            if reason == nil { try StateDatabase.expectDone(conversion, db) }
        }
    }

    /// The column that is set once all that a desiderata wants is done.
    static func lastStep(of desiderata: Int64, _ db: Database) throws -> String {
        try StateDatabase.desiderata(desiderata, db).formats.contains(.thin) ? "thin_digest" : "revision"
    }

    private static func expectDone(_ conversion: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT desiderata, thin_digest, revision FROM conversion WHERE id = ?",
            arguments: [conversion]
        )
        guard let row, row.hasValue(try lastStep(of: row.value("desiderata"), db)) else {
            throw StateError.invalidValue(
                "conversion \(conversion) cannot be recorded as succeeded: not all of it is done"
            )
        }
    }

    /// The history of a desiderata, newest first.
    package func conversions(of desiderata: Int64, limit: Int = 100) async throws -> [Conversion] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM conversion WHERE desiderata = ? ORDER BY id DESC LIMIT ?",
                arguments: [desiderata, limit]
            ).map(Conversion.init(row:))
        }
    }

    /// The newest conversion of a desiderata, whatever became of it.
    package func lastConversion(of desiderata: Int64) async throws -> Conversion? {
        try await read { db in try StateDatabase.lastConversion(of: desiderata, where: "1", db) }
    }

    /// The newest one whose layers are in the repository: `isUpToDate` tells whether that is what is wanted today.
    package func lastPublished(of desiderata: Int64) async throws -> Conversion? {
        try await read { db in try StateDatabase.lastConversion(of: desiderata, where: "revision IS NOT NULL", db) }
    }

    /// The newest one with an error.
    package func lastFailed(of desiderata: Int64) async throws -> Conversion? {
        try await read { db in try StateDatabase.lastConversion(of: desiderata, where: "error IS NOT NULL", db) }
    }

    static func lastConversion(
        of desiderata: Int64,
        where condition: String,
        _ db: Database
    ) throws -> Conversion? {
        try Row.fetchOne(
            db,
            sql: "SELECT * FROM conversion WHERE desiderata = ? AND \(condition) ORDER BY id DESC LIMIT 1",
            arguments: [desiderata]
        ).map(Conversion.init(row:))
    }

    private static func update(
        _ conversion: Int64,
        _ columns: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE conversion SET \(columns) WHERE id = ? AND outcome = 'running'",
            arguments: arguments + [conversion]
        )
        guard db.changesCount == 1 else { throw StateError.conversionNotRunning(conversion) }
    }

    private func update(_ conversion: Int64, _ columns: String, _ arguments: StatementArguments) async throws {
        try await write { db in try StateDatabase.update(conversion, columns, arguments, db) }
    }
}

extension Conversion {
    init(row: Row) throws {
        guard let outcome = ConversionOutcome(rawValue: try row.value("outcome")) else {
            throw UnreadableValue.error("outcome")
        }
        let revision: Int64? = try row.optional("revision")
        let publishedAt: Date? = try row.optional("published_at")
        let transactions: Int64? = try row.optional("transactions")
        let losses: String? = try row.optional("losses")
        let thinDigest: String? = try row.optional("thin_digest")
        let pushedAt: Date? = try row.optional("pushed_at")
        self.init(
            id: try row.value("id"),
            desiderata: try row.value("desiderata"),
            outcome: outcome,
            startedAt: try row.optional("started_at"),
            finishedAt: try row.optional("finished_at"),
            referenceDigest: try row.optional("reference_digest"),
            manifestDigest: try row.optional("manifest_digest"),
            platform: try row.optional("platform"),
            configDigest: try row.optional("config_digest"),
            published: revision.flatMap { revision in
                publishedAt.map {
                    Publication(revision: revision, at: $0, transactions: transactions, losses: losses)
                }
            },
            pushed: thinDigest.flatMap { digest in pushedAt.map { Push(thinDigest: digest, at: $0) } },
            error: try row.optional("error"),
            traffic: Traffic(
                bytesNew: try row.value("bytes_new"),
                bytesKnown: try row.value("bytes_known"),
                layersNew: try row.value("layers_new"),
                layersKnown: try row.value("layers_known")
            )
        )
    }
}
