import Plumbing
import Testing

@Suite("Numbers as people say them")
struct CountedTests {
    @Test func things() {
        #expect(Counted.text(1, "layer") == "1 layer")
        #expect([0, 2].map { Counted.text($0, "layer") } == ["0 layers", "2 layers"])
        #expect(Counted.text(Int64(1), "entry", "entries") == "1 entry")
        #expect(Counted.text(UInt64(3), "entry", "entries") == "3 entries")
    }

    @Test func bytes() {
        #expect([999, 1500, 999_950, 125_800_000].map(ByteCount.text) == ["999 B", "1.5 kB", "1.0 MB", "125.8 MB"])
        #expect(ByteCount.rate(3000, in: .seconds(2)) == "1.5 kB/s")
    }
}
