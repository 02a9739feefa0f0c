import Foundation
import Glibc

/// Feeds a reader damaged input, round after round, each with random numbers of its own.
///
/// Without more, a test runs a fixed number of fixed rounds, and a fifth of them where ``Thoroughness`` is not wanted. `script/fuzz` sets `WAFER_FUZZ_SECONDS` for a long run,
/// `WAFER_FUZZ_SEED` for the first round's seed, `WAFER_FUZZ_ROUNDS` for another number of them, and `WAFER_FUZZ_STATE` for a folder in which the number of the round
/// that is under way is written, so that it can be told after a crash.
package enum Fuzzing {
    /// A round that did not end as it should.
    package struct Failure: Error, CustomStringConvertible {
        /// How to run the round again, and what happened.
        package let description: String
    }

    /// What a body throws for an answer that is none of the right ones.
    package struct Unexpected: Error, CustomStringConvertible {
        /// What happened.
        package let description: String

        /// Describes an answer.
        package init(_ description: String) {
            self.description = description
        }
    }

    /// Runs the rounds of a target. What `body` throws is a failure: it has to catch the errors that are right answers.
    package static func run(
        _ target: String,
        rounds: Int,
        _ body: (inout SeededRandom) throws -> Void
    ) throws {
        var rounds = try Rounds(target, atMost: rounds)
        while let seed = try rounds.next() {
            var random = SeededRandom(seed: seed)
            do {
                try body(&random)
            } catch {
                throw failure(target, seed, error)
            }
        }
    }

    /// The same for a reader that is asynchronous.
    package static func run(
        _ target: String,
        rounds: Int,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (inout SeededRandom) async throws -> Void
    ) async throws {
        var rounds = try Rounds(target, atMost: rounds)
        while let seed = try rounds.next() {
            var random = SeededRandom(seed: seed)
            do {
                try await body(&random)
            } catch {
                throw failure(target, seed, error)
            }
        }
    }

    private static func failure(_ target: String, _ seed: UInt64, _ error: any Error) -> Failure {
        Failure(description: "\(target), round with WAFER_FUZZ_SEED=\(seed): \(error)")
    }

    /// Runs `body`, where errors of one type are right answers. Returns whether there was none.
    @discardableResult
    package static func allowing<Refusal: Error>(_ type: Refusal.Type, _ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch is Refusal {
            return false
        }
    }
}

/// The seeds of a target's rounds.
private struct Rounds {
    private let seed: UInt64
    private let count: UInt64
    private let end: ContinuousClock.Instant?
    private let state: RoundFile?
    private var round: UInt64 = 0

    init(_ target: String, atMost rounds: Int) throws {
        let environment = ProcessInfo.processInfo.environment
        seed = environment["WAFER_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        count =
            environment["WAFER_FUZZ_ROUNDS"].flatMap(UInt64.init)
            ?? UInt64(Thoroughness.rounds(short: (rounds + 4) / 5, thorough: rounds))
        end = environment["WAFER_FUZZ_SECONDS"].flatMap(Double.init).map { ContinuousClock.now + .seconds($0) }
        state = try environment["WAFER_FUZZ_STATE"].map { try RoundFile("\($0)/\(target)") }
    }

    mutating func next() throws -> UInt64? {
        guard end.map({ ContinuousClock.now < $0 }) ?? (round < count) else { return nil }
        defer { round += 1 }
        try state?.write(seed &+ round)
        return seed &+ round
    }
}

/// The file that names the round under way; it outlives the process, however that ends.
private final class RoundFile {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Fuzzing.Unexpected("cannot create \(path)") }
    }

    deinit { close(descriptor) }

    func write(_ seed: UInt64) throws {
        let text = Array("\(seed)".utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 20)
        guard pwrite(descriptor, text, 20, 0) == 20 else { throw Fuzzing.Unexpected("cannot write the round") }
    }
}
