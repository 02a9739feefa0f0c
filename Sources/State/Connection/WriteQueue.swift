import GRDB
import Synchronization

/// The writes of this process: while one is made, those that come wait, and the next transaction is made of all of them, with
/// one wait for the disk. Databases call it group commit.
///
/// Each is done as a whole or not at all, whatever becomes of the others: it has a savepoint of its own.
final class WriteQueue: Sendable {
    private struct Job: Sendable {
        let durability: WriteDurability
        /// Does the work, and keeps what it gives.
        let work: @Sendable (Database) throws -> Void
        /// Tells who waits: the work is in the database, or why it is not.
        let end: @Sendable ((any Error)?) -> Void
    }

    private struct Jobs {
        var waiting: [Job] = []
        var areDone = false
    }

    private let pool: DatabasePool
    private let jobs = Mutex(Jobs())
    /// So many become one transaction at most: who comes next does not wait for long.
    private static let most = 64

    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// Writes all of `body` or nothing. What has been begun is done also where the caller is cancelled. Throws what `body`
    /// throws, and `DatabaseError`.
    func write<Value: Sendable>(
        _ durability: WriteDurability,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { asker in
            let outcome = Outcome<Value>()
            add(
                Job(
                    durability: durability,
                    work: { db in
                        let value = try body(db)
                        outcome.set(.success(value))
                    },
                    end: { error in
                        if let error { outcome.set(.failure(error)) }
                        asker.resume(with: outcome.result)
                    }
                )
            )
        }
    }

    /// What became of a job; that it was not done, as long as nothing is said.
    private final class Outcome<Value: Sendable>: Sendable {
        private let kept = Mutex<Result<Value, any Error>>(.failure(DatabaseError(resultCode: .SQLITE_ABORT)))

        var result: Result<Value, any Error> { kept.withLock { $0 } }

        func set(_ result: Result<Value, any Error>) { kept.withLock { $0 = result } }
    }

    private func add(_ job: Job) {
        let isFirst = jobs.withLock { jobs in
            jobs.waiting.append(job)
            defer { jobs.areDone = true }
            return !jobs.areDone
        }
        if isFirst { Task { await work() } }
    }

    private func work() async {
        while let next = take() {
            if next.count > 1, await writeTogether(next) { continue }
            for job in next { await writeAlone(job) }
        }
    }

    private func take() -> [Job]? {
        jobs.withLock { jobs in
            if jobs.waiting.isEmpty {
                jobs.areDone = false
                return nil
            }
            let next = Array(jobs.waiting.prefix(Self.most))
            jobs.waiting.removeFirst(next.count)
            return next
        }
    }

    private func writeAlone(_ job: Job) async {
        do {
            try await inTransaction([job], job.work)
            job.end(nil)
        } catch {
            job.end(error)
        }
    }

    private func inTransaction<Value: Sendable>(
        _ jobs: [Job],
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        if jobs.contains(where: { $0.durability == .againstPowerFailure }) { return try await pool.write(body) }
        return try await pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // Without it the next write would be no more durable than this one.
            defer { try? db.execute(sql: "PRAGMA synchronous = FULL") }
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try body(db)
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return value
        }
    }

    /// Returns whether all were told: where the transaction itself failed nothing is done.
    private func writeTogether(_ jobs: [Job]) async -> Bool {
        let failures: [Int: any Error]
        do {
            failures = try await inTransaction(jobs) { db in
                var failures: [Int: any Error] = [:]
                for (number, job) in jobs.enumerated() {
                    do {
                        try db.inSavepoint {
                            try job.work(db)
                            return .commit
                        }
                    } catch {
                        // A full disk ends the whole transaction.
                        guard db.isInsideTransaction else { throw error }
                        failures[number] = error
                    }
                }
                return failures
            }
        } catch {
            return false
        }
        for (number, job) in jobs.enumerated() { job.end(failures[number]) }
        return true
    }
}
