import Registry
import TestSupport
import Testing

/// Whatever a server asks for, reading it comes to an end. `script/fuzz` runs it for longer.
@Suite struct FuzzTests {
    @Test func challenges() throws {
        let seeds = ChallengeTests.good.flatMap(\.0)
        try Fuzzing.run("Registry.challenges", rounds: 20_000) { random in
            let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            let text = String(decoding: random.mutate(Array(seed.utf8)), as: UTF8.self)
            for challenge in Challenge.parse([text, seed]) where challenge.scheme.isEmpty {
                throw Fuzzing.Unexpected("a challenge without a scheme in \(text)")
            }
        }
    }
}
