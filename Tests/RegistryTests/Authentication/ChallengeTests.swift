import Registry
import TestSupport
import Testing

@Suite struct ChallengeTests {
    static let hub =
        #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#

    static let good: [([String], [Challenge])] = [
        (
            [hub],
            [
                Challenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    ]
                )
            ]
        ),
        ([#"Basic realm="a \"b\", c=d""#], [Challenge(scheme: "basic", parameters: ["realm": #"a "b", c=d"#])]),
        (["BASIC REALM=x"], [Challenge(scheme: "basic", parameters: ["realm": "x"])]),
        (["Basic"], [Challenge(scheme: "basic")]),
        (
            ["basic,  bearer realm = \"x\" , service=y"],
            [
                Challenge(scheme: "basic"), Challenge(scheme: "bearer", parameters: ["realm": "x", "service": "y"]),
            ]
        ),
        (
            ["Bearer realm=https://a/b?c,service=d"],
            [
                Challenge(scheme: "bearer", parameters: ["realm": "https://a/b?c", "service": "d"])
            ]
        ),
        (
            ["Negotiate", #"Basic realm="x""#],
            [
                Challenge(scheme: "negotiate"), Challenge(scheme: "basic", parameters: ["realm": "x"]),
            ]
        ),
        (
            [#"Negotiate YWJj==, Basic realm="x""#],
            [
                Challenge(scheme: "negotiate"), Challenge(scheme: "basic", parameters: ["realm": "x"]),
            ]
        ),
        (
            [#"Digest realm="a", qop="auth, auth-int", nonce="b=", Basic realm="c""#],
            [
                Challenge(scheme: "digest", parameters: ["realm": "a", "qop": "auth, auth-int", "nonce": "b="]),
                Challenge(scheme: "basic", parameters: ["realm": "c"]),
            ]
        ),
        ([#"Bearer realm="first",realm="second""#], [Challenge(scheme: "bearer", parameters: ["realm": "first"])]),
        (
            [#"Bearer error="insufficient_scope",realm="x"#],
            [
                Challenge(scheme: "bearer", parameters: ["error": "insufficient_scope"])
            ]
        ),
        (["", ",", " , ", "=", "\"", "\"x\""], []),
    ]

    @Test(arguments: good)
    func reads(values: [String], challenges: [Challenge]) {
        #expect(Challenge.parse(values) == challenges)
    }

    @Test func damagedOnesNeverCrash() {
        var random = SeededRandom(seed: 5)
        let seeds = Self.good.flatMap(\.0)
        for round in 0..<50_000 {
            let bytes = random.mutate(Array(seeds[round % seeds.count].utf8))
            let value = String(decoding: bytes, as: UTF8.self)
            #expect(Challenge.parse([value]).count <= value.utf8.count)
        }
    }
}
