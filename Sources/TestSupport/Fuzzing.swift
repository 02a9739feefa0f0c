import Foundation
import Glibc

/// Feeds a reader damaged input, round after round, each with random numbers of its own.
///
/// Without more, a test runs a fixed number of fixed rounds. `script/fuzz` sets `WAFER_FUZZ_SECONDS` for a long run,
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
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["WAFER_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        let rounds = environment["WAFER_FUZZ_ROUNDS"].flatMap(UInt64.init) ?? UInt64(rounds)
        let seconds = environment["WAFER_FUZZ_SECONDS"].flatMap(Double.init)
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        let state = try environment["WAFER_FUZZ_STATE"].map { try RoundFile("\($0)/\(target)") }
        var round: UInt64 = 0
        while end.map({ ContinuousClock.now < $0 }) ?? (round < rounds) {
            var random = SeededRandom(seed: seed &+ round)
            try state?.write(seed &+ round)
            do {
                try body(&random)
            } catch {
                throw Failure(description: "\(target), round with WAFER_FUZZ_SEED=\(seed &+ round): \(error)")
            }
            round += 1
        }
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
