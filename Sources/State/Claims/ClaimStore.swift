package import Foundation
import GRDB
import Logging
import Plumbing

/// Who is at work on what, over all processes that use a database. All methods throw `StateError`.
package struct ClaimStore: Sendable {
    let connection: DatabaseConnection
    /// The clock: claims are held for hours.
    let now: @Sendable () -> Date

    private var logger: Logger { connection.logger }

    /// Runs `body` while this process, and no other, works on `subject`.
    ///
    /// A claim whose process is dead is taken over. The claim ends with `body`, also when that throws or is cancelled.
    ///
    /// - Parameters:
    ///   - subject: What to work on.
    ///   - interval: How often to tell processes that cannot look at this one that it lives.
    ///   - body: The work. It is cancelled if the claim was taken over.
    /// - Returns: What `body` returns.
    /// - Throws: `StateError.claimed`, naming the owner, where another process (or another task of this one) is at
    ///   work; `claimLost` if the claim was taken over; and what `body` throws.
    package func withClaim<T: Sendable>(
        on subject: ClaimSubject,
        renewedEvery interval: Duration = .seconds(30),
        _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let token = UUID().uuidString
        HeldClaims.insert(token)
        defer { HeldClaims.remove(token) }
        try await take(subject, token: token)
        let result: Result<T, any Error>
        do {
            result = .success(try await renewing(subject, token: token, every: interval, during: body))
        } catch {
            result = .failure(error)
        }
        do {
            try await connection.write(.untilNextDurableWrite) { db in
                try db.run("DELETE FROM claim WHERE token = ?", [token])
            }
        } catch {
            // What `body` did counts, and this process no longer knows the token: the next claim takes over the row.
            logger.warning("could not give back the claim on \(subject): \(error)")
        }
        return try result.get()
    }

    /// The process at work on `subject`, if there is one that lives.
    package func owner(of subject: ClaimSubject, at now: Date) async throws -> Claim? {
        try await connection.read { db in
            try ClaimStore.claim(on: subject, db).flatMap { $0.isLive(at: now) ? $0 : nil }
        }
    }

    /// The process that runs `loop` on this database, if there is one that lives.
    package func loopOwner(at now: Date) async throws -> Claim? {
        try await owner(of: .loop, at: now)
    }

    static func claim(on subject: ClaimSubject, _ db: Database) throws -> Claim? {
        let key = subject.key
        let row = try db.firstRow("SELECT * FROM claim WHERE kind = ? AND desiderata IS ?", [key.kind, key.desiderata])
        return try row.map(Claim.init(row:))
    }

    /// Who works on desideratas, by their numbers, living or not.
    static func claimsOnDesideratas(_ db: Database) throws -> [Int64: Claim] {
        var claims: [Int64: Claim] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM claim WHERE desiderata IS NOT NULL") {
            claims[try row.value("desiderata")] = try Claim(row: row)
        }
        return claims
    }

    private func take(_ subject: ClaimSubject, token: String) async throws {
        let (logger, clock) = (logger, now)
        try await connection.write(.untilNextDurableWrite) { db in
            // Not before the database is free.
            let now = clock()
            let key = subject.key
            if let id = key.desiderata { try WishStore.require(id, db) }
            if let claim = try ClaimStore.claim(on: subject, db) {
                guard !claim.isLive(at: now) else { throw StateError.claimed(subject, claim) }
                logger.notice("taking over \(subject) from \(claim), which is gone")
                try db.execute(sql: "DELETE FROM claim WHERE token = ?", arguments: [claim.token])
            }
            let owner = ProcessIdentity.current
            try db.run(
                """
                INSERT INTO claim (token, kind, desiderata, pid, start_ticks, host, boot_id, pid_namespace,
                                   claimed_at, renewed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    token, key.kind, key.desiderata, owner.pid, owner.startTicks, owner.host, owner.bootID,
                    owner.pidNamespace, now, now,
                ]
            )
        }
    }

    /// Runs `body` beside a heartbeat; the first of the two to end decides.
    private func renewing<T: Sendable>(
        _ subject: ClaimSubject,
        token: String,
        every interval: Duration,
        during body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.heartbeat(subject, token: token, every: interval)
                return nil
            }
            defer { group.cancelAll() }
            // The heartbeat returns only when it is cancelled, and then `body` has the word.
            while let result = try await group.next() {
                if let value = result { return value }
            }
            throw CancellationError()
        }
    }

    private func heartbeat(_ subject: ClaimSubject, token: String, every interval: Duration) async throws {
        while !Task.isCancelled {
            // Sleep throws only when cancelled, which ends the loop.
            try? await Task.sleep(for: interval)
            guard !Task.isCancelled else { return }
            do {
                let clock = now
                let isOurs = try await connection.write(.untilNextDurableWrite) { db in
                    try db.execute(sql: "UPDATE claim SET renewed_at = ? WHERE token = ?", arguments: [clock(), token])
                    return db.changesCount == 1
                }
                guard isOurs else { throw StateError.claimLost(subject) }
            } catch let error as StateError where error != .claimLost(subject) {
                logger.warning("could not renew the claim on \(subject): \(error)")
            }
        }
    }
}

extension Claim {
    init(row: Row) throws {
        self.init(
            token: try row.value("token"),
            owner: ProcessIdentity(
                pid: try row.value("pid"),
                startTicks: try row.value("start_ticks"),
                host: try row.value("host"),
                bootID: try row.value("boot_id"),
                pidNamespace: try row.value("pid_namespace")
            ),
            since: try row.value("claimed_at"),
            renewedAt: try row.value("renewed_at")
        )
    }
}
